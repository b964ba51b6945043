import DenoisingTransformer
import DiscreteDiffusion
import GridTraining
import NeuralEngine
import PianoRoll
import RealModule
import Testing
import Training

private let smallProcess = AbsorbingProcess(stateCount: smallVocabulary.count)

private func heldOut(_ pieces: [TokenGrid], _ configuration: TransformerConfiguration) -> [HeldOutPiece] {
    pieces.map { HeldOutPiece($0, for: configuration, edges: true) }
}

@Suite struct HeldOutBoundTests {
    @Test("A model that knows nothing needs log S nats for each cell, whatever the windows")
    func ignorance() throws {
        let configuration = smallConfiguration()
        // All zero: every logit is zero.
        let parameters = Buffer(.f32, count: ParameterLayout(configuration).count)
        let pieces = smallPieces(count: 3, steps: 37, seed: 3)
        let bound = try HeldOutBound.measure(
            configuration, process: smallProcess, parameters: parameters, operands: nil,
            pieces: heldOut(pieces, configuration),
            levels: 8,
            seed: 1,
            threads: 2)
        let perCell = Double.log(Double(configuration.stateCount))
        #expect(abs(bound.perCell - perCell) < 1e-5)
        #expect(abs(bound.perFrame - 2 * perCell) < 1e-5)
        #expect(bound.pieces.map(\.frames) == [37, 37, 37])
        #expect(bound.pieces.map(\.cells) == [74, 74, 74])
        let interval = bound.interval(seed: 1)
        #expect(interval.lowerBound <= bound.perFrame + 1e-9 && bound.perFrame - 1e-9 <= interval.upperBound)
    }

    @Test("Views that show the same change nothing; those that cannot be shown do not count")
    func views() throws {
        let configuration = smallConfiguration()
        var generator = CounterGenerator(seed: 11, for: .training)
        let parameters = ParameterLayout(configuration).initialParameters(using: &generator)
        let pieces = heldOut(smallPieces(count: 2, steps: 20, seed: 4), configuration)
        func bound(_ views: [(Example) -> Example?]) throws -> Double {
            try HeldOutBound.measure(
                configuration, process: smallProcess, parameters: parameters, operands: nil, pieces: pieces,
                levels: 4, views: views, seed: 9, threads: 2
            ).perFrame
        }
        let alone = try bound([])
        #expect(abs(try bound([{ $0 }, { _ in nil }]) - alone) < 1e-5)
        // Where a view gives nothing that there is any probability, the mean is half of what it was.
        let blind = try bound([
            { example in
                var example = example
                for cell in example.weights.indices { example.weights[cell] = 0 }
                return example
            }
        ])
        #expect(abs(blind - alone - 2 * Double.log(2)) < 1e-4)
    }

    @Test("A transposed example has all its notes and its features so many semitones higher")
    func transposition() throws {
        let configuration = smallConfiguration()
        let piece = try #require(heldOut(smallPieces(count: 1, steps: 12, seed: 5), configuration).first)
        let window = try #require(piece.windows.first)
        var example = Example(clean: window.tokens, contexts: window.contexts, at: 0, for: configuration)
        let mask = Token(configuration.stateCount)
        // Upper lane hidden, lower lane shown: tokens 2...6 of 2...13.
        for cell in stride(from: 0, to: 24, by: 2) {
            (example.tokens[cell], example.weights[cell]) = (mask, 1)
        }
        let up = try #require(example.transposed(by: 2, in: smallVocabulary))
        for cell in 0..<24 {
            let moved = window.tokens[cell] < 2 ? window.tokens[cell] : window.tokens[cell] + 2
            if cell % 2 == 1 {
                #expect(up.tokens[cell] == moved)
            } else if moved < configuration.stateCount {
                #expect(up.tokens[cell] == mask && up.targets[cell] == moved && up.weights[cell] == 1)
            } else {
                #expect(up.tokens[cell] == mask && up.weights[cell] == 0)
            }
        }
        #expect(up.tokens[24...].elementsEqual(example.tokens[24...]))
        // The last feature of a step tells the transposition.
        #expect(up.contexts[4] == example.contexts[4] + 2 && up.contexts[0] == example.contexts[0])
        #expect(up.contexts.suffix(5).allSatisfy { $0 == -1 })
        #expect(example.transposed(by: -12, in: smallVocabulary) == nil)
    }

    @Test("The bound does not depend on threads, and its interval covers the spread of the pieces")
    func threadsAndInterval() throws {
        let configuration = smallConfiguration()
        var generator = CounterGenerator(seed: 8, for: .training)
        let parameters = ParameterLayout(configuration).initialParameters(using: &generator)
        let pieces = smallPieces(count: 8, steps: 20, seed: 4)
        let bounds = try [1, 2].map {
            try HeldOutBound.measure(
                configuration, process: smallProcess, parameters: parameters, operands: nil,
                pieces: heldOut(pieces, configuration),
                levels: 4,
                seed: 9,
                threads: $0)
        }
        #expect(abs(bounds[0].perFrame - bounds[1].perFrame) < 1e-4)
        let each = bounds[0].pieces.map { $0.nats / Double($0.frames) }
        let interval = bounds[0].interval(seed: 2)
        #expect(each.min() ?? 0 <= interval.lowerBound && interval.upperBound <= each.max() ?? 0)
    }

    /// A loss that depends on how much is hidden: with as many levels as cells every number of hidden cells comes up
    /// once, and the bound is the sum over them, the loss of a model that fills cells in one by one in random order.
    @Test("The bound weighs every number of hidden cells alike")
    func weights() throws {
        let steps = 16
        let pieces = [
            smallPieces(count: 1, steps: 16, seed: 3)[0], smallPieces(count: 1, steps: 11, seed: 4)[0],
        ]
        func loss(hidden: Int) -> Double { 1 / Double(hidden) + 0.01 * Double(hidden * hidden) }
        var hiddenAt = [Int](repeating: 0, count: 2 * steps)
        let mask = Token(smallVocabulary.count)
        for (piece, cells) in zip(pieces, [32, 22]) {
            let bound = try HeldOutBound.measure(
                pieces: heldOut([piece], smallConfiguration(steps: steps)),
                configuration: smallConfiguration(steps: steps), process: smallProcess, levels: cells,
                seed: 5,
                batch: 4
            ) { _, examples, _ in
                examples.map { example in
                    let hidden = example.tokens.indices.filter { example.tokens[$0] == mask }
                    for cell in hidden { hiddenAt[cell] += 1 }
                    return hidden.reduce(0) { $0 + Double(example.weights[$1]) * loss(hidden: hidden.count) }
                }
            }
            let expected = (1...cells).reduce(0.0) { $0 + loss(hidden: $1) }
            #expect(abs(bound.pieces[0].nats - expected) < 1e-4 * expected)
        }
        // Cells that both pieces have are hidden alike often, but for chance.
        let (least, most) = (hiddenAt[..<22].min() ?? 0, hiddenAt[..<22].max() ?? 0)
        #expect(most < 2 * least, "\(least)...\(most)")
    }

    @Test("The interval is that of a ratio of sums: long pieces count for more")
    func ratio() {
        // Rates 1 and 3, the latter on pieces three times as long: 2.5 nats a frame, not 2.
        let pieces = (0..<40).map { index in
            HeldOutBound.Piece(
                nats: index % 2 == 0 ? 100 : 900, frames: index % 2 == 0 ? 100 : 300,
                cells: index % 2 == 0 ? 200 : 600)
        }
        let bound = HeldOutBound(pieces: pieces)
        #expect(abs(bound.perFrame - 2.5) < 1e-12 && abs(bound.perCell - 1.25) < 1e-12)
        // The delta method: residuals nats - 2.5 frames are -150 and 150; 150 sqrt(40) / 8000 = 0.1186.
        let interval = bound.interval(resamples: 4_000, seed: 3)
        let halfWidth = (interval.upperBound - interval.lowerBound) / 2
        #expect(abs(halfWidth - 1.96 * 0.1186) < 0.03, "\(halfWidth)")
        #expect(interval.contains(2.5))
    }
}
