import Corpus
import DiscreteDiffusion
import Evaluation
import PianoRoll
import Testing

@Suite("Bach's own figures")
struct ChoraleTests {
    private let train: [TokenGrid]
    private let test: [TokenGrid]

    init() throws {
        let corpus = try chorales()
        train = corpus.pieces(in: .train).map(\.grid)
        test = corpus.pieces(in: .test).map(\.grid)
    }

    /// The steps of a piece in another order: each chord stays, what follows what does not.
    private func shuffled(_ piece: TokenGrid, seed: UInt64) -> TokenGrid {
        var generator = CounterGenerator(seed: seed, for: .data)
        var result = piece
        let order = generator.drawOrder(of: piece.steps)
        for (step, source) in order.enumerated() {
            for lane in 0..<piece.lanes { result[step, lane] = piece[source, lane] }
        }
        return result.repaired()
    }

    @Test("he writes few parallels, crosses voices now and then, and keeps to the voices' ranges")
    func voiceLeading() throws {
        let bach = VoiceLeading(train + test)
        #expect(bach.bars > 4_000)
        #expect(try #require(bach.rate(of: .parallelFifths)) < 0.03)
        #expect(try #require(bach.rate(of: .parallelOctaves)) < 0.03)
        #expect((0.01..<0.3).contains(try #require(bach.rate(of: .crossing))))
        #expect(try #require(bach.rate(of: .leap)) < 0.05)
        #expect(try #require(bach.rate(of: .outOfRange)) < 0.5)
        // Steps in any order break the rules far more often: the measure sees what it is for.
        let random = VoiceLeading(test.enumerated().map { shuffled($1, seed: UInt64($0)) })
        #expect(
            try #require(random.rate(of: .parallelFifths)) > 5
                * (try #require(bach.rate(of: .parallelFifths))))
    }

    @Test("test and train lie close, shuffled steps do not")
    func distances() throws {
        let reference = FeatureHistograms(train)
        let own = FeatureHistograms(test).distances(to: reference)
        let random = FeatureHistograms(test.enumerated().map { shuffled($1, seed: UInt64($0)) })
            .distances(to: reference)
        #expect(try #require(own.mean) < 0.12)
        #expect(try #require(random.mean) > 2 * (try #require(own.mean)))
        for feature in [Feature.melodicInterval, .noteLength, .onsetInBar] {
            #expect(try #require(random[feature]) > 2 * (try #require(own[feature])), "\(feature)")
        }
    }

    @Test("a training piece is found whole, in another key; a test piece is not")
    func copying() throws {
        let copying = Copying(training: train)
        let index = 17
        let moved = try #require(train[index].transposed(by: -2))
        let run = try #require(copying.longestRun(of: moved))
        #expect(run == Copying.Run(steps: 0..<moved.steps, piece: index, start: 0))
        let windows = test.flatMap { $0.windows(steps: 128) }
        let lengths = windows.map { copying.longestRun(of: $0)?.steps.count ?? 0 }
        #expect(lengths.reduce(0, +) < 32 * lengths.count)
    }

    @Test("the table of Bach beside chance")
    func table() throws {
        let evaluator = Evaluator(reference: train, training: train)
        let random = test.enumerated().map { shuffled($1, seed: UInt64($0)) }
        let bach = evaluator.row("Bach, test split", pieces: test, windowSteps: 128, resamples: 40)
        let chance = evaluator.row("Bach, steps shuffled", pieces: random, windowSteps: 128, resamples: 40)
        print(EvaluationReport(title: "", rows: [bach, chance]).markdown)
        let (low, high) = (bach.values[Evaluator.meanDistance], chance.values[Evaluator.meanDistance])
        let upper = try #require(low?.interval?.upperBound)
        #expect(upper < (try #require(high?.interval?.lowerBound)))
    }
}
