import DenoisingTransformer
import NeuralEngine
import TestSupport
import Testing

@Suite struct ParameterLayoutTests {
    /// The parameters of a model, counted from its formulas.
    private func parameterCount(_ c: TransformerConfiguration) -> Int {
        let w = c.width
        let convolution = c.convolutionTaps > 0 ? (c.convolutionTaps + 1) * w : 0
        let block =
            4 * w + convolution + 3 * w * (w + 1) + w * (w + 1) + c.feedforward * (w + 1) + w
            * (c.feedforward + 1)
        let lanes = c.cellsPerPosition == c.lanes ? 0 : c.lanes
        let embedding = c.cellsPerPosition * (c.stateCount + 2) + c.contextSizes.reduce(0, +) + lanes
        var (distances, scores) = (0, c.stateCount)
        if let relations = c.relations {
            // Each pair of lanes, and each lane with its nearest before; each cell with two of its lane and one of each other.
            distances = (c.lanes * (c.lanes + 1) / 2) * (2 * relations.limit + 1)
            scores += (c.lanes + 1) * (2 * relations.limit + 1)
        }
        return (embedding + distances) * w + c.layers * block + 2 * w + c.cellsPerPosition * scores * (w + 1)
    }

    @Test(arguments: ModelCase.all)
    func tensorsFollowEachOtherAligned(_ model: ModelCase) {
        let layout = ParameterLayout(model.configuration)
        var end = 0
        for entry in layout.entries {
            #expect(entry.offset == (end + 15) / 16 * 16, "\(entry.name) begins at \(entry.offset)")
            #expect(layout[entry.name] == entry)
            end = entry.offset + entry.count
        }
        #expect(layout.count == (end + 15) / 16 * 16)
        #expect(Set(layout.entries.map(\.name)).count == layout.entries.count)
        #expect(layout.parameterCount == parameterCount(model.configuration))
    }

    @Test(arguments: ModelCase.all)
    func matricesAloneDecay(_ model: ModelCase) {
        let layout = ParameterLayout(model.configuration)
        for entry in layout.entries {
            let decays = layout.decayed.contains { $0.contains(entry.offset) }
            #expect(decays == entry.name.hasSuffix("matrix"), "\(entry.name)")
            let last = entry.offset + entry.count - 1
            #expect(layout.decayed.contains { $0.contains(last) } == decays, "the end of \(entry.name)")
        }
        #expect(layout.decayed.map(\.lowerBound) == layout.decayed.map(\.lowerBound).sorted())
        // An optimiser accepts them.
        let parameters = Buffer(.f32, count: layout.count)
        _ = AdamW(parameters: parameters, compact: nil, decayed: layout.decayed)
    }

    @Test func startsAsDocumented() {
        let configuration = TransformerConfiguration(
            stateCount: 60, lanes: 4, steps: 16, contextSizes: [16], width: 128, layers: 2, heads: 2,
            convolutionTaps: 5)
        let layout = ParameterLayout(configuration)
        var generator = SeededGenerator(seed: 1)
        let values = layout.initialParameters(using: &generator).values
        for entry in layout.entries {
            let numbers = values[entry.offset..<entry.offset + entry.count].map(Double.init)
            switch entry.start {
            case .constant(let value):
                #expect(numbers.allSatisfy { $0 == Double(value) }, "\(entry.name)")
                #expect(value == (entry.name.hasSuffix("gain") ? 1 : 0), "\(entry.name)")
            case .identityKernel:
                #expect(entry.shape == [5, 128])
                #expect(numbers == (0..<640).map { $0 / 128 == 2 ? 1 : 0 }, "\(entry.name)")
            case .normal(let deviation):
                let count = Double(numbers.count)
                let mean = numbers.reduce(0, +) / count
                let square = numbers.reduce(0) { $0 + $1 * $1 } / count
                let expected = Double(deviation)
                #expect(abs(mean) < 5 * expected / count.squareRoot(), "\(entry.name): mean \(mean)")
                #expect(
                    abs(square.squareRoot() / expected - 1) < 0.03,
                    "\(entry.name): deviation \(square.squareRoot())")
                #expect(numbers.allSatisfy { abs($0) < 6 * expected })
                // What joins the residual stream starts smaller, by the root of the number of branches.
                let joins = entry.name.hasSuffix("out.matrix") || entry.name.hasSuffix("down.matrix")
                #expect(abs(expected - (joins ? 0.01 : 0.02)) < 1e-6, "\(entry.name)")
            }
        }
    }

    @Test func identityKernelPassesItsInputOn() throws {
        // A model with a fresh convolution computes what it does without one.
        var configuration = ModelCase.all[1].configuration
        var generator = SeededGenerator(seed: 2)
        let batch = Batch(configuration, count: 1, steps: 5, using: &generator)
        func logits(_ configuration: TransformerConfiguration, _ parameters: Buffer) throws -> [Float] {
            let plan = try TransformerPlan(
                configuration, parameters: parameters, batch: 1, steps: 5, threads: 1)
            try plan.forward(tokens: batch.tokens.span, contexts: batch.contexts.span)
            return plan.logits.values
        }
        let plain = ParameterLayout(configuration)
        let without = ModelCase.all[1].parameters(using: &generator)
        let expected = try logits(configuration, without)
        configuration.convolutionTaps = 5
        let wider = ParameterLayout(configuration)
        let with = wider.initialParameters(using: &generator)
        for entry in plain.entries {
            for i in 0..<entry.count {
                with.floats[wider[entry.name].offset + i] = without.floats[entry.offset + i]
            }
        }
        #expect(try logits(configuration, with) == expected)
    }
}
