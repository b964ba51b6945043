import NeuralEngine

/// A transformer made ready for one size of batch, number of steps and precision: all memory is allocated and all
/// primitives are prepared at the start, none while it runs.
public final class TransformerPlan {
    /// The model's shape.
    public let configuration: TransformerConfiguration
    /// Samples of a batch, `B`.
    public let batch: Int
    /// Steps of a sample.
    public let steps: Int
    /// The last forward pass's output, `[B, steps * lanes, S]`, f32, unnormalised log-probabilities.
    public let logits: Buffer
    /// The gradients of the last backward pass, flat as in `ParameterLayout`; nil unless training.
    public var gradients: Buffer? { encoder.gradients }

    private let threads: Int
    private let embedding: EmbeddingSum
    private let encoder: TransformerEncoder
    private let crew: Crew
    /// Those of each member of the crew.
    private let norms: [LayerNormalization]
    private let heads: [Linear]
    private let relative: RelativeLogits?
    /// The gradients of the logits and of the head's scores; the same where nothing is relative.
    private let logitGradient: Buffer?
    private let scoreGradient: Buffer?

    /// Prepares a plan.
    ///
    /// - Parameters:
    ///   - configuration: The model's shape.
    ///   - parameters: The parameters, flat as in `ParameterLayout`, f32; read anew in each pass. Those matrices may be missing that
    ///     `operands` holds.
    ///   - operands: The matrices in bf16 for bf16 products, in the same places; nil for f32.
    ///   - batch: Samples of a batch.
    ///   - first: The number of the first sample, where `batch` is a share of a larger batch: dropout goes by it.
    ///   - steps: Steps of a sample.
    ///   - threads: Threads that oneDNN uses in this plan; its primitives are laid out for just so many.
    ///   - dropout: Share of each branch that training leaves out; nil for a plan that does not train.
    ///   - attentionDropout: Share of the attention's probabilities that training leaves out.
    ///   - crew: Who computes a sample together, each at least one position; with more than one member `batch` is 1 and nothing is trained.
    /// - Throws: When oneDNN cannot prepare an operation on this processor.
    public init(
        _ configuration: TransformerConfiguration, parameters: Buffer, operands: Buffer? = nil, batch: Int,
        first: Int = 0, steps: Int, threads: Int, dropout: Float? = nil, attentionDropout: Float = 0,
        crew: Crew = Crew(count: 1)
    ) throws(EngineError) {
        precondition(
            crew.count == 1 || (batch == 1 && dropout == nil && threads == 1),
            "a crew of \(crew.count) for \(batch)")
        precondition(crew.count <= configuration.positions(steps: steps), "a crew of \(crew.count)")
        Engine.useThreads(threads)
        let c = configuration
        let positions = c.positions(steps: steps)
        let rows = batch * positions
        let precision: Precision = operands == nil ? .f32 : .bf16
        // One for each member of the crew.
        var engines = [try Engine()]
        while engines.count < crew.count { engines.append(try Engine()) }
        let layout = ParameterLayout(c)
        let gradients = dropout == nil ? nil : Buffer(.f32, count: layout.count)
        let weights = Weights(
            layout: layout, parameters: parameters, operands: operands ?? parameters, gradients: gradients)
        encoder = try TransformerEncoder(
            c, weights: weights, batch: batch, first: first, steps: steps, threads: threads, dropout: dropout,
            attentionDropout: attentionDropout, crew: crew, on: engines)
        embedding = EmbeddingSum(
            table: weights["embedding"], features: c.features,
            into: Tensor(encoder.input, shape: [rows, c.width]))
        let normal = Buffer(precision, count: rows * c.width)
        let shares = crew.count == 1 ? [0..<rows] : c.shares(ofSteps: steps, of: crew.count)
        let (output, scoreWidth) = (encoder.output, c.cellsPerPosition * c.scoreCount)
        norms = shares.map {
            LayerNormalization(
                Tensor(output, rows: $0, width: c.width), gain: weights["norm.gain"],
                shift: weights["norm.shift"], into: Tensor(normal, rows: $0, width: c.width))
        }
        let cells = rows * c.cellsPerPosition
        logits = Buffer(.f32, count: cells * c.stateCount)
        let scores = c.relations == nil ? logits : Buffer(.f32, count: cells * c.scoreCount)
        logitGradient = dropout == nil ? nil : Buffer(precision, count: logits.count)
        scoreGradient =
            dropout == nil || c.relations == nil ? logitGradient : Buffer(precision, count: scores.count)
        var headGradients: (output: Buffer, input: Buffer)?
        if let scoreGradient, let training = encoder.training {
            headGradients = (scoreGradient, training.normal)
        }
        var heads: [Linear] = []
        for (share, engine) in zip(shares, engines) {
            heads.append(
                try Linear(
                    "head", weights, input: Tensor(normal, rows: share, width: c.width),
                    output: Tensor(scores, rows: share, width: scoreWidth), gradients: headGradients,
                    on: engine))
        }
        self.heads = heads
        self.crew = crew
        if let relations = c.relations {
            relative = RelativeLogits(
                scores: Tensor(scores, shape: [cells, c.scoreCount]), first: relations.first,
                limit: relations.limit, references: relations.references(lanes: c.lanes),
                into: Tensor(logits, shape: [cells, c.stateCount]))
        } else {
            relative = nil
        }
        self.configuration = configuration
        self.batch = batch
        self.steps = steps
        self.threads = threads
    }

    /// Computes the logits.
    ///
    /// - Parameters:
    ///   - tokens: The noised samples, `[B, steps * lanes]`, values up to `configuration.padding`.
    ///   - contexts: The context features of each step, `[B, steps, C]`; negative for none.
    ///   - seed: Chooses what dropout leaves out, in training.
    public func forward(tokens: Span<UInt16>, contexts: Span<Int32>, seed: UInt32 = 0) throws(EngineError) {
        Engine.useThreads(threads)
        identify(tokens, contexts)
        embedding.forward()
        try crew.perform { (member) throws(EngineError) in
            try encoder.forward(member: member, seed: seed)
            norms[member].forward()
            try heads[member].forward()
        }
        relative?.forward()
    }

    /// The weighted cross-entropy of the last forward pass's logits, in nats, and in a training plan the gradient of
    /// all parameters, in `gradients`.
    ///
    /// - Parameters:
    ///   - targets: The clean tokens, `[B * steps * lanes]`.
    ///   - weights: The weight of each cell, `[B * steps * lanes]`; 0 for cells that are not scored.
    ///   - losses: Receives the unweighted loss of each scored cell.
    ///   - seed: As in the forward pass.
    public func loss(
        targets: [Int32], weights cellWeights: [Float], losses: UnsafeMutableBufferPointer<Float>? = nil,
        seed: UInt32 = 0
    ) throws(EngineError) -> Double {
        Engine.useThreads(threads)
        let loss = CrossEntropy.evaluate(
            logits: logits, classes: configuration.stateCount, targets: targets, weights: cellWeights,
            gradient: logitGradient, losses: losses)
        guard let training = encoder.training else { return loss }
        let weights = encoder.weights
        if let relative, let logitGradient, let scoreGradient {
            relative.backward(logitGradient: logitGradient, scoreGradient: scoreGradient)
        }
        try heads[0].backward()
        training.stream.floats.update(repeating: 0)
        let rows = [batch * configuration.positions(steps: steps), configuration.width]
        norms[0].backward(
            outputGradient: Tensor(training.normal, shape: rows),
            inputGradient: Tensor(training.stream, shape: rows), gainGradient: weights.gradient("norm.gain"),
            shiftGradient: weights.gradient("norm.shift"))
        try encoder.backward(seed: seed)
        embedding.backward(outputGradient: training.stream, tableGradient: weights.gradient("embedding"))
        return loss
    }

    /// Writes down which rows of the embedding are summed at each position, and what each cell is compared with.
    private func identify(_ tokens: Span<UInt16>, _ contexts: Span<Int32>) {
        let c = configuration
        let states = c.stateCount + 2
        precondition(tokens.count == batch * steps * c.lanes, "\(tokens.count) cells")
        precondition(
            contexts.count == batch * steps * c.contextSizes.count, "\(contexts.count) context features")
        let perStep = c.lanes / c.cellsPerPosition
        var slot = 0
        for position in 0..<(batch * steps * perStep) {
            let step = position / perStep
            for cell in 0..<c.cellsPerPosition {
                let token = Int(tokens[position * c.cellsPerPosition + cell])
                precondition(token < states, "token \(token) of \(states)")
                embedding.identifiers[slot] = Int32(cell * states + token)
                slot += 1
            }
            var base = c.cellsPerPosition * states
            for (feature, size) in c.contextSizes.enumerated() {
                let value = Int(contexts[step * c.contextSizes.count + feature])
                precondition(value < size, "context feature \(feature) is \(value) of \(size)")
                embedding.identifiers[slot] = value < 0 ? -1 : Int32(base + value)
                slot += 1
                base += size
            }
            if perStep > 1 {
                embedding.identifiers[slot] = Int32(base + position % perStep)
                slot += 1
            }
            slot += c.relations?.featureSizes(lanes: c.lanes).count ?? 0
        }
        if let relations = c.relations, let relative { compare(tokens, relations, relative) }
    }

    /// Writes down the distances of the values that are shown, behind the other features of each position.
    private func compare(_ tokens: Span<UInt16>, _ relations: Relations, _ relative: RelativeLogits) {
        let c = configuration
        let cells = steps * c.lanes
        let count = relations.featureSizes(lanes: c.lanes).count
        let firstRow = Int32(c.embeddingRows - count * relations.distances)
        for sample in 0..<batch {
            let values = relations.values(
                tokens.extracting(sample * cells..<(sample + 1) * cells), lanes: c.lanes, states: c.stateCount
            )
            relations.writeReferences(
                values, lanes: c.lanes, into: &relative.values,
                at: sample * cells * relations.references(lanes: c.lanes))
            for step in 0..<steps {
                var slot = (sample * steps + step + 1) * c.features - count
                var row = firstRow
                relations.features(values, step: step, lanes: c.lanes) { distance in
                    embedding.identifiers[slot] = distance < 0 ? -1 : row + distance
                    slot += 1
                    row += Int32(relations.distances)
                }
            }
        }
    }
}
