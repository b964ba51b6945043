import DenoisingTransformer
import NeuralEngine
import TestSupport
import Testing

/// The plans beside the plain f64 transformer: logits, loss and the gradient of every tensor.
@Suite struct GradientTests {
    @Test(arguments: ModelCase.all)
    func logitsEqualTheReference(_ model: ModelCase) throws {
        var generator = SeededGenerator(seed: 1)
        let parameters = model.parameters(using: &generator)
        let batch = model.randomBatch(using: &generator)
        let plan = try model.plan(parameters)
        try plan.forward(tokens: batch.tokens.span, contexts: batch.contexts.span)
        let reference = ReferenceTransformer(
            model.configuration, parameters: parameters.values.map(Double.init))
        var expected: [Double] = []
        for sample in 0..<model.batch {
            expected += reference.logits(
                tokens: batch.tokens(of: sample), contexts: batch.contexts(of: sample), steps: model.steps
            ).joined()
        }
        #expect(plan.logits.count == expected.count)
        let worst = zip(plan.logits.values, expected).map { abs(Double($0) - $1) }.max() ?? .infinity
        #expect(worst < 2e-5, "\(model): logits are off by \(worst)")
    }

    @Test(arguments: ModelCase.all)
    func gradientsEqualFiniteDifferences(_ model: ModelCase) throws {
        var generator = SeededGenerator(seed: 2)
        let parameters = model.parameters(using: &generator)
        let batch = model.randomBatch(using: &generator)
        let plan = try model.plan(parameters, dropout: 0)
        try plan.forward(tokens: batch.tokens.span, contexts: batch.contexts.span)
        let loss = try plan.loss(targets: batch.targets, weights: batch.weights)
        let reference = ReferenceTransformer(
            model.configuration, parameters: parameters.values.map(Double.init))
        let expected = reference.loss(batch)
        #expect(abs(loss - expected) < 1e-5 * expected, "\(model): loss \(loss), reference \(expected)")

        let gradients = try #require(plan.gradients).values
        for entry in ParameterLayout(model.configuration).entries {
            let range = entry.offset..<entry.offset + entry.count
            let scale = gradients[range].map { Double(abs($0)) }.max() ?? 0
            for _ in 0..<5 {
                let index = Int.random(in: range, using: &generator)
                let numerical = reference.derivative(index, batch)
                let difference = abs(Double(gradients[index]) - numerical)
                // Keys' biases shift all scores of a query alike before rotation turns them, so that some gradients
                // are small beside their neighbours': hence the share of the tensor's largest.
                #expect(
                    difference < 1e-3 * abs(numerical) + 1e-5 * scale + 1e-6,
                    "\(model): \(entry.name)[\(index - entry.offset)] is \(gradients[index]), numerically \(numerical)"
                )
            }
        }
    }

    /// What one seed leaves out is left out in both passes: along the gradient the loss rises by its squared length.
    @Test(arguments: ModelCase.all)
    func dropoutIsTheSameInBothPasses(_ model: ModelCase) throws {
        var generator = SeededGenerator(seed: 4)
        let parameters = model.parameters(using: &generator)
        let batch = model.randomBatch(using: &generator)
        let plan = try model.plan(parameters, dropout: 0.2, attentionDropout: 0.3)
        func loss(seed: UInt32) throws -> Double {
            try plan.forward(tokens: batch.tokens.span, contexts: batch.contexts.span, seed: seed)
            return try plan.loss(targets: batch.targets, weights: batch.weights, seed: seed)
        }
        let first = try loss(seed: 7)
        #expect(try loss(seed: 8) != first)
        #expect(try loss(seed: 7) == first)
        let gradient = try #require(plan.gradients).values
        let square = gradient.reduce(0) { $0 + Double($1) * Double($1) }
        // A step that changes the loss by a thousandth.
        let step = Float(1e-3 * first / square)
        let start = parameters.values
        func move(_ share: Float) {
            for i in start.indices { parameters.floats[i] = start[i] + share * gradient[i] }
        }
        move(step)
        let above = try loss(seed: 7)
        move(-step)
        let slope = (above - (try loss(seed: 7))) / Double(2 * step)
        #expect(abs(slope - square) < 0.02 * square, "\(model): \(slope), not \(square)")
    }

    @Test(.enabled(if: Engine.hasBF16), arguments: ModelCase.all)
    func compactGradientsPointTheSameWay(_ model: ModelCase) throws {
        var generator = SeededGenerator(seed: 3)
        let parameters = model.parameters(using: &generator)
        let batch = model.randomBatch(using: &generator)
        func gradients(_ operands: Buffer?) throws -> (loss: Double, gradients: [Float]) {
            let plan = try model.plan(parameters, operands: operands, dropout: 0)
            try plan.forward(tokens: batch.tokens.span, contexts: batch.contexts.span)
            let loss = try plan.loss(targets: batch.targets, weights: batch.weights)
            return (loss, try #require(plan.gradients).values)
        }
        let single = try gradients(nil)
        let compact = try gradients(ModelCase.compact(parameters))
        #expect(abs(single.loss - compact.loss) < 0.02 * single.loss)
        for entry in ParameterLayout(model.configuration).entries {
            let range = entry.offset..<entry.offset + entry.count
            let (a, b) = (single.gradients[range].map(Double.init), compact.gradients[range].map(Double.init))
            let dot = zip(a, b).reduce(0) { $0 + $1.0 * $1.1 }
            let norms = (a.reduce(0) { $0 + $1 * $1 } * b.reduce(0) { $0 + $1 * $1 }).squareRoot()
            #expect(dot / norms > 0.99, "\(model): \(entry.name), cosine \(dot / norms)")
        }
    }
}
