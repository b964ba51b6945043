import DenoisingTransformer
import NeuralEngine
import TestSupport
import Testing

/// What holds between plans: training and inference, batch sizes, seeds, precisions.
@Suite struct TransformerPlanTests {
    @Test(arguments: ModelCase.all, Engine.hasBF16 ? Precision.allCases : [.f32])
    func trainingWithoutDropoutEqualsInference(_ model: ModelCase, _ precision: Precision) throws {
        var generator = SeededGenerator(seed: 4)
        let parameters = model.parameters(using: &generator)
        let batch = model.randomBatch(using: &generator)
        let operands = precision == .bf16 ? ModelCase.compact(parameters) : nil
        let inference = try model.plan(parameters, operands: operands)
        let training = try model.plan(parameters, operands: operands, dropout: 0)
        try inference.forward(tokens: batch.tokens.span, contexts: batch.contexts.span)
        try training.forward(tokens: batch.tokens.span, contexts: batch.contexts.span, seed: 5)
        // In f32 only the order of sums differs; in bf16, GELU takes its input before or after it was rounded.
        let tolerance: Float = precision == .f32 ? 2e-5 : 0.15
        let worst =
            zip(inference.logits.values, training.logits.values).map { abs($0 - $1) }.max() ?? .infinity
        #expect(worst < tolerance, "\(model) in \(precision): logits differ by \(worst)")

        let loss = try inference.loss(targets: batch.targets, weights: batch.weights)
        let trained = try training.loss(targets: batch.targets, weights: batch.weights, seed: 5)
        #expect(abs(loss - trained) < (precision == .f32 ? 1e-5 : 1e-2) * loss)
        #expect(inference.gradients == nil)
    }

    /// The same noise is left out in both passes: along a direction, the loss with dropout changes as its gradient says.
    @Test(arguments: ModelCase.all)
    func gradientsWithDropoutEqualFiniteDifferences(_ model: ModelCase) throws {
        var generator = SeededGenerator(seed: 6)
        let parameters = model.parameters(using: &generator)
        let batch = model.randomBatch(using: &generator)
        let plan = try model.plan(parameters, dropout: 0.4)
        func loss(seed: UInt32) throws -> Double {
            try plan.forward(tokens: batch.tokens.span, contexts: batch.contexts.span, seed: seed)
            return try plan.loss(targets: batch.targets, weights: batch.weights, seed: seed)
        }
        _ = try loss(seed: 11)
        let gradient = try #require(plan.gradients).values
        let start = parameters.values
        let squares = gradient.reduce(0.0) { $0 + Double($1) * Double($1) }
        // Far enough that the f32 loss changes by some thousandth, near enough for the second order to cancel.
        let step = 1e-2 / squares.squareRoot()
        func moved(_ sign: Double) throws -> Double {
            for i in start.indices {
                parameters.floats[i] = start[i] + Float(sign * step * Double(gradient[i]))
            }
            return try loss(seed: 11)
        }
        let slope = (try moved(1) - moved(-1)) / (2 * step)
        #expect(abs(slope - squares) < 1e-2 * squares, "\(model): slope \(slope), gradient says \(squares)")
    }

    @Test func seedsChooseWhatIsLeftOut() throws {
        let model = ModelCase.all[0]
        var generator = SeededGenerator(seed: 7)
        let parameters = model.parameters(using: &generator)
        let batch = model.randomBatch(using: &generator)
        let plan = try model.plan(parameters, dropout: 0.3)
        func logits(seed: UInt32) throws -> [Float] {
            try plan.forward(tokens: batch.tokens.span, contexts: batch.contexts.span, seed: seed)
            return plan.logits.values
        }
        let first = try logits(seed: 1)
        #expect(try logits(seed: 2) != first)
        #expect(try logits(seed: 1) == first)
    }

    @Test(arguments: ModelCase.all)
    func samplesOfABatchDoNotSeeEachOther(_ model: ModelCase) throws {
        var generator = SeededGenerator(seed: 8)
        let parameters = model.parameters(using: &generator)
        let batch = model.randomBatch(using: &generator)
        let whole = try model.plan(parameters)
        try whole.forward(tokens: batch.tokens.span, contexts: batch.contexts.span)
        let single = try TransformerPlan(
            model.configuration, parameters: parameters, batch: 1, steps: model.steps, threads: 1)
        let share = whole.logits.count / model.batch
        for sample in 0..<model.batch {
            let (tokens, contexts) = (batch.tokens(of: sample), batch.contexts(of: sample))
            try single.forward(tokens: tokens.span, contexts: contexts.span)
            let expected = whole.logits.values[sample * share..<(sample + 1) * share]
            let worst = zip(single.logits.values, expected).map { abs($0 - $1) }.max() ?? .infinity
            #expect(worst < 2e-5, "\(model): sample \(sample) is off by \(worst)")
        }
    }

    @Test func aPlanReadsParametersAnewAndTrains() throws {
        let model = ModelCase.all[0]
        var generator = SeededGenerator(seed: 9)
        let layout = ParameterLayout(model.configuration)
        let parameters = layout.initialParameters(using: &generator)
        let batch = model.randomBatch(using: &generator)
        let plan = try model.plan(parameters, dropout: 0)
        let optimiser = AdamW(parameters: parameters, compact: nil, decayed: layout.decayed)
        var losses: [Double] = []
        for number in 1...60 {
            try plan.forward(tokens: batch.tokens.span, contexts: batch.contexts.span)
            losses.append(try plan.loss(targets: batch.targets, weights: batch.weights))
            let gradients = try #require(plan.gradients)
            _ = try optimiser.step(number, rate: 1e-2, gradients: [gradients], settings: .init(), threads: 1)
        }
        // Sixty steps learn sixty-three random cells by heart.
        #expect(losses[59] < 0.05 * losses[0], "from \(losses[0]) to \(losses[59])")
    }

    @Test(arguments: ModelCase.all)
    func threadsGiveTheSameLogits(_ model: ModelCase) throws {
        var generator = SeededGenerator(seed: 10)
        let parameters = model.parameters(using: &generator)
        let batch = model.randomBatch(using: &generator)
        func logits(threads: Int) throws -> [Float] {
            let plan = try TransformerPlan(
                model.configuration, parameters: parameters, batch: model.batch, steps: model.steps,
                threads: threads)
            try plan.forward(tokens: batch.tokens.span, contexts: batch.contexts.span)
            return plan.logits.values
        }
        let worst =
            zip(try logits(threads: 1), try logits(threads: 2)).map { abs($0 - $1) }.max() ?? .infinity
        #expect(worst < 2e-5, "\(model): logits differ by \(worst)")
    }

    /// A crew shares the positions of one sample out, down to one each.
    @Test(arguments: ModelCase.all)
    func aCrewGivesTheSameLogits(_ model: ModelCase) throws {
        var generator = SeededGenerator(seed: 12)
        let parameters = model.parameters(using: &generator)
        let batch = Batch(model.configuration, count: 1, steps: model.steps, using: &generator)
        func logits(_ crew: Crew) throws -> [Float] {
            let plan = try TransformerPlan(
                model.configuration, parameters: parameters, batch: 1, steps: model.steps, threads: 1,
                crew: crew)
            try plan.forward(tokens: batch.tokens.span, contexts: batch.contexts.span)
            return plan.logits.values
        }
        let alone = try logits(Crew(count: 1))
        for count in [2, 3, model.configuration.positions(steps: model.steps)] {
            let worst = zip(alone, try logits(Crew(count: count))).map { abs($0 - $1) }.max() ?? .infinity
            #expect(worst < 2e-5, "\(model), \(count) members: logits differ by \(worst)")
        }
    }

    /// At the size of what is shipped not a bit changes, so that a seed tells the notes whatever the number of threads.
    @Test(arguments: Engine.hasBF16 ? Precision.allCases : [.f32])
    func threadsChangeNoBitOfASample(_ precision: Precision) throws {
        let configuration = TransformerConfiguration(
            stateCount: 54, lanes: 4, steps: 128, contextSizes: [48], width: 256, layers: 2, heads: 8)
        var generator = SeededGenerator(seed: 13)
        let parameters = ParameterLayout(configuration).initialParameters(using: &generator)
        let model = Model(configuration: configuration, parameters: parameters, metadata: [:])
        for steps in [128, 120] {
            let tokens = (0..<steps * 4).map { _ in UInt16(generator.next() % 55) }
            func logits(threads: Int) throws -> [Double] {
                let denoiser = TransformerDenoiser(
                    model: model, contexts: (0..<steps).map { Int32($0 % 16) }, steps: steps,
                    precision: precision, threads: threads)
                var logits = Array(repeating: 0.0, count: tokens.count * 54)
                var span = logits.mutableSpan
                try denoiser.predict(tokens: tokens.span, times: [0.5].span, logits: &span)
                return logits
            }
            let alone = try logits(threads: 1)
            for threads in 2...4 { #expect(try logits(threads: threads) == alone, "\(threads) threads") }
        }
    }
}
