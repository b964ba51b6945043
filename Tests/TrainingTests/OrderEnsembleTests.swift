import DenoisingTransformer
import DiscreteDiffusion
import RealModule
import Testing
import Training

struct OrderEnsembleTests {
    /// What an exact model of a law says along the orders of its samples, a sample a piece.
    private func measure(
        _ table: JointTable, _ samples: [[Token]], order: OrderEnsemble.Order, calls: Int? = nil
    ) throws -> OrderEnsemble {
        let model = TableDenoiser(table: table, process: AbsorbingProcess(stateCount: table.stateCount))
        let configuration = TransformerConfiguration(
            stateCount: table.stateCount, lanes: 1, steps: table.cellCount, width: 32, layers: 1, heads: 1,
            feedforward: 64, convolutionTaps: 3)
        let pieces = samples.map {
            HeldOutPiece(windows: [.init(tokens: $0, contexts: [])], frames: $0.count)
        }
        return try OrderEnsemble.measure(
            pieces: pieces, configuration: configuration, order: order, calls: calls, seed: 5, batch: 3
        ) { examples in
            let tokens = examples.flatMap(\.tokens)
            var logits = [Double](repeating: 0, count: tokens.count * table.stateCount)
            var output = logits.mutableSpan
            let times = [Double](repeating: 0, count: examples.count)
            try model.predict(tokens: tokens.span, times: times.span, logits: &output)
            return examples.indices.map { index in
                examples[index].targets.indices.map { cell in
                    let start = (index * table.cellCount + cell) * table.stateCount
                    let row = logits[start..<start + table.stateCount].map { Double.exp($0) }
                    return .log(row.reduce(0, +)) - .log(row[Int(examples[index].targets[cell])])
                }
            }
        }
    }

    private func randomTable() throws -> JointTable {
        var generator = CounterGenerator(seed: 3, for: .data)
        let weights = (0..<81).map { _ in generator.drawExponential() }
        let total = weights.reduce(0, +)
        return try JointTable(cellCount: 4, stateCount: 3, probabilities: weights.map { $0 / total })
    }

    @Test func `An exact model says the same along every order`() throws {
        let table = try randomTable()
        let numbers = [0, 17, 44, 80]
        for order in [OrderEnsemble.Order.random(count: 6), .chronological] {
            let found = try measure(table, numbers.map(table.sample), order: order)
            for (place, number) in numbers.enumerated() {
                let nats = -Double.log(table.probabilities[number])
                #expect(abs(found.mean.pieces[place].nats - nats) < 1e-12)
                #expect(abs(found.mixture.pieces[place].nats - nats) < 1e-12)
            }
        }
    }

    /// Two cells that are always alike, 0 or 1: the first of an order has one bit, the other none. The mean over both orders gives each
    /// cell the probability 3/4, and less than the entropy in all.
    @Test func `Means of each cell over the orders are no likelihood`() throws {
        let twins = try JointTable(cellCount: 2, stateCount: 2, probabilities: [0.5, 0, 0, 0.5])
        let found = try measure(twins, [[0, 0], [1, 1]], order: .random(count: 2_000))
        let entropy = Double.log(2)
        #expect(abs(found.mixture.perFrame * 2 - entropy) < 1e-12)
        #expect(abs(found.cellwise.perFrame * 2 - 2 * Double.log(4 / 3.0)) < 0.01)
        #expect(found.cellwise.perFrame * 2 < 0.9 * entropy)
    }

    @Test func `Cells of one call do not know of each other`() throws {
        let table = try randomTable()
        let samples = (0..<81).map(table.sample)
        let nats = try [1, 2, 3, 4, 9].map { calls in
            let found = try measure(table, samples, order: .random(count: 20), calls: calls)
            // The cross-entropy of the law.
            return zip(table.probabilities, found.mean.pieces).reduce(0) { $0 + $1.0 * $1.1.nats }
        }
        for (fewer, more) in zip(nats, nats.dropFirst()).prefix(3) { #expect(fewer > more) }
        #expect(nats[3] == nats[4])
        // One call gives the product of the marginals.
        let marginals = (0..<4).map { cell in
            samples.reduce(into: [0.0, 0, 0]) {
                $0[Int($1[cell])] += table.probabilities[table.number(of: $1)]
            }
        }
        let independent = marginals.joined().reduce(0) { $0 - $1 * Double.log($1) }
        #expect(abs(nats[0] - independent) < 1e-12)
    }

    @Test func `An order that cannot be leaves the mixture of the others`() throws {
        let configuration = TransformerConfiguration(
            stateCount: 2, lanes: 1, steps: 2, width: 32, layers: 1, heads: 1, feedforward: 64,
            convolutionTaps: 3)
        let piece = HeldOutPiece(windows: [.init(tokens: [0, 1], contexts: [])], frames: 2)
        // Whoever has the second cell alone thinks that the first cannot be.
        for isHopeless in [false, true] {
            let found = try OrderEnsemble.measure(
                pieces: [piece], configuration: configuration, order: .random(count: 40), calls: nil, seed: 1,
                batch: 4
            ) { examples in
                examples.map { $0.tokens == [2, 1] || isHopeless ? [.infinity, .infinity] : [1, 1] }
            }
            #expect(found.mean.perFrame == .infinity)
            #expect(
                (found.mixture.perFrame < 2) == !isHopeless && (found.cellwise.perFrame < 2) == !isHopeless)
        }
    }

    /// A loss that depends on how much is hidden: along an order every number of hidden cells comes up once.
    @Test func `Each order hides one cell less each time, the order of time from the front`() throws {
        let configuration = TransformerConfiguration(
            stateCount: 5, lanes: 2, steps: 8, width: 32, layers: 1, heads: 1, feedforward: 64,
            convolutionTaps: 3)
        // Two windows, the second shorter than the model's.
        let piece = HeldOutPiece(
            windows: [16, 6].map { .init(tokens: Array(repeating: 1, count: $0), contexts: []) }, frames: 11)
        for order in [OrderEnsemble.Order.random(count: 3), .chronological] {
            let found = try OrderEnsemble.measure(
                pieces: [piece], configuration: configuration, order: order, calls: nil, seed: 1, batch: 5
            ) { examples in
                examples.map { example in
                    let hidden = example.tokens.indices.filter { example.tokens[$0] == configuration.mask }
                    #expect(example.weights.reduce(0, +) == 1)
                    if order == .chronological { #expect(example.weights[hidden[0]] == 1) }
                    return example.tokens.map { _ in Double(hidden.count) }
                }
            }
            let sum = Double((1...16).reduce(0, +) + (1...6).reduce(0, +))
            #expect(abs(found.mean.pieces[0].nats - sum) < 1e-12)
            #expect(found.mean.pieces[0].frames == 11 && found.mean.pieces[0].cells == 22)
        }
    }
}
