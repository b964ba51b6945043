import NeuralEngine

/// The blocks of the transformer, made ready for one size of batch, number of positions and precision.
public final class TransformerEncoder {
    /// The residual stream that goes in, `[B P, W]`, f32. Unless training it is used up.
    public let input: Buffer
    /// The residual stream that comes out, `[B P, W]`, f32; `input` itself unless training.
    public let output: Buffer
    /// In training, the gradient of the output before the backward pass and of the input after it, `[B P, W]`, f32.
    public var streamGradient: Buffer? { training?.stream }
    /// The gradients of all parameters, flat as in `ParameterLayout`; nil unless training.
    public var gradients: Buffer? { weights.gradients }

    let weights: Weights
    let training: BlockTrainingWorkspace?
    /// The blocks of each member of the crew.
    private let blocks: [[EncoderBlock]]
    private let threads: Int
    private let crew: Crew

    /// Prepares the blocks.
    ///
    /// - Parameters:
    ///   - configuration: The model's shape.
    ///   - parameters: The parameters, flat as in `ParameterLayout`, f32; read anew in each pass.
    ///   - operands: The same numbers in bf16 for bf16 products, or nil for f32.
    ///   - batch: Samples of a batch.
    ///   - steps: Steps of a sample.
    ///   - threads: Threads of each operation.
    ///   - dropout: Share of each branch that training leaves out; nil for blocks that are not trained.
    ///   - attentionDropout: Share of the attention's probabilities that training leaves out.
    /// - Throws: When oneDNN cannot prepare an operation on this processor.
    public convenience init(
        _ configuration: TransformerConfiguration, parameters: Buffer, operands: Buffer? = nil, batch: Int,
        steps: Int, threads: Int, dropout: Float? = nil, attentionDropout: Float = 0
    ) throws(EngineError) {
        let layout = ParameterLayout(configuration)
        let gradients = dropout == nil ? nil : Buffer(.f32, count: layout.count)
        try self.init(
            configuration,
            weights: Weights(
                layout: layout, parameters: parameters, operands: operands ?? parameters, gradients: gradients
            ),
            batch: batch, first: 0, steps: steps, threads: threads, dropout: dropout,
            attentionDropout: attentionDropout, crew: Crew(count: 1), on: [Engine()])
    }

    init(
        _ c: TransformerConfiguration, weights: Weights, batch: Int, first: Int, steps: Int, threads: Int,
        dropout: Float?, attentionDropout: Float, crew: Crew, on engines: [Engine]
    ) throws(EngineError) {
        Engine.useThreads(threads)
        let positions = c.positions(steps: steps)
        let rows = batch * positions
        let precision = weights.operands.precision
        training = dropout == nil ? nil : BlockTrainingWorkspace(c, rows: rows, precision: precision)
        let shares = c.shares(ofSteps: steps, of: crew.count)
        let attentions = shares.map { share in
            Attention.Workspace(
                batch: batch, heads: c.heads, headWidth: c.width / c.heads, positions: positions,
                queries: share, precision: precision, training: dropout != nil, threads: threads)
        }
        let rotaries = shares.map { share in
            RotaryEmbedding(
                batch: batch, places: share.map { $0 * c.cellsPerPosition / c.lanes }, heads: c.heads,
                headWidth: c.width / c.heads)
        }
        input = Buffer(.f32, count: rows * c.width)
        var current = input
        var blocks: [[EncoderBlock]] = shares.map { _ in [] }
        let training = training
        func workspaces() -> [BlockWorkspace] {
            let whole = BlockWorkspace(
                c, batch: batch, positions: positions, precision: precision, attention: attentions[0],
                training: training)
            guard crew.count > 1 else { return [whole] }
            return zip(shares, attentions).map { BlockWorkspace(whole, rows: $0, attention: $1) }
        }
        let shared = training == nil ? workspaces() : []
        for index in 0..<c.layers {
            let workspaces = training == nil ? shared : workspaces()
            let next = training == nil ? current : Buffer(.f32, count: rows * c.width)
            for (member, workspace) in workspaces.enumerated() {
                blocks[member].append(
                    try EncoderBlock(
                        "blocks.\(index).", weights: weights, workspace: workspace, rotary: rotaries[member],
                        input: current,
                        output: next, dropout: dropout ?? 0, attentionDropout: attentionDropout,
                        salt: UInt32(index), first: first, crew: crew, on: engines[member]))
            }
            current = next
        }
        output = current
        self.blocks = blocks
        self.crew = crew
        self.weights = weights
        self.threads = threads
    }

    /// Turns `input` into `output`; `seed` chooses what dropout leaves out.
    public func forward(seed: UInt32 = 0) throws(EngineError) {
        Engine.useThreads(threads)
        try crew.perform { (member) throws(EngineError) in try forward(member: member, seed: seed) }
    }

    /// One member's share of the forward pass, for all of them to call together.
    func forward(member: Int, seed: UInt32) throws(EngineError) {
        for block in blocks[member] { try block.forward(seed: seed) }
    }

    /// Turns the gradient of the output, in `streamGradient`, into that of the input, and writes those of the blocks'
    /// parameters.
    public func backward(seed: UInt32 = 0) throws(EngineError) {
        Engine.useThreads(threads)
        for block in blocks[0].reversed() { try block.backward(seed: seed) }
    }
}
