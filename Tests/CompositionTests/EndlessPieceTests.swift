import Composition
import DiscreteDiffusion
import PianoRoll
import Testing

struct EndlessPieceTests {
    let vocabulary = Vocabulary(encoding: .onset, lowestPitch: 40, highestPitch: 60)
    /// Bars of eight steps, four to a window.
    let timing = TokenGrid.Timing(stepsPerQuarter: 2)

    private func piece(
        _ plan: EndlessPiece.Plan, _ requests: Requests = Requests(), seed: UInt64 = 1,
        liked: Range<Int>? = nil
    ) throws -> EndlessPiece {
        try EndlessPiece(
            composer: requests.composer(vocabulary: vocabulary, lanes: 2, windowSteps: 32, liked: liked),
            settings: settings(seed: seed), plan: plan)
    }

    /// So many phrases side by side, or all there are.
    private func join(_ piece: inout EndlessPiece, phrases: Int = .max) throws -> TokenGrid {
        var whole = TokenGrid(vocabulary: vocabulary, lanes: 2, timing: piece.plan.timing, tokens: [])
        var count = 0
        while count < phrases, let phrase = try piece.next() {
            #expect(
                phrase.timing.positionInBar(ofStep: 0) == piece.plan.timing.positionInBar(ofStep: whole.steps)
            )
            whole.tokens += phrase.tokens
            count += 1
        }
        return whole
    }

    @Test func `A piece comes out as the composer composes it whole`() throws {
        var endless = try piece(.init(timing: timing, bars: 10))
        let phrases = try join(&endless)
        let composer = Requests().composer(vocabulary: vocabulary, lanes: 2, windowSteps: 32)
        let task = CompositionTask(vocabulary: vocabulary, lanes: 2, timing: timing, steps: 80)
        #expect(phrases == (try composer.compose(task, settings: settings(seed: 1)).grids[0]))
        #expect(phrases.isWellFormed)
    }

    @Test func `Without bars the end is never in sight, and each phrase is shown half a window`() throws {
        let requests = Requests()
        var endless = try piece(.init(timing: timing), requests)
        let joined = try join(&endless, phrases: 4)
        #expect(requests.windows == [0..<32, 16..<48, 32..<64, 48..<80])
        #expect(requests.pieceSteps == [nil, nil, nil, nil])
        #expect(requests.transpositions == [0, 0, 0, 0])
        for (window, denoiser) in zip(requests.windows, requests.denoisers).dropFirst() {
            let shown = denoiser.firstTokens
            #expect(shown[32...].allSatisfy { $0 == Token(vocabulary.count) })
            #expect(
                Array(shown[..<32]) == joined.slice(steps: window.lowerBound..<window.lowerBound + 16).tokens)
        }
    }

    @Test func `Pieces follow each other, each told of its ends, and the last ends with the music`() throws {
        let requests = Requests()
        var endless = try piece(.init(timing: timing, bars: 15, pieceBars: 6), requests)
        let joined = try join(&endless)
        #expect(joined.steps == 15 * 8 && endless.steps == joined.steps)
        #expect(requests.windows == [0..<32, 16..<48, 0..<32, 16..<48, 0..<24])
        #expect(requests.pieceSteps == [48, 48, 48, 48, 24])
        #expect(joined.slice(steps: 0..<48) != joined.slice(steps: 48..<96))
        #expect(joined.isWellFormed)
    }

    @Test(arguments: [1, 2]) func `The seed and the number tell a phrase`(seed: UInt64) throws {
        var (first, second) = (try piece(.init(), seed: seed), try piece(.init(), seed: seed))
        var other = try piece(.init(), seed: seed + 1)
        for _ in 0..<5 {
            let phrases = (try first.next(), try second.next(), try other.next())
            #expect(phrases.0 != nil && phrases.0 == phrases.1 && phrases.0 != phrases.2)
        }
    }

    @Test func `A melody comes over and over, with other voices each time`() throws {
        // Two and a half bars of 3/4, in quarters of two steps, after a pickup of a quarter.
        let timing = TokenGrid.Timing(stepsPerQuarter: 2, meterNumerator: 3, firstStepInBar: 4)
        let token = try #require(vocabulary.token(of: 50))
        let tokens = (0..<15).flatMap { step -> [Token] in
            [step % 2 == 0 ? token + Token(step / 2) : 1, Vocabulary.rest]
        }
        let given = TokenGrid(vocabulary: vocabulary, lanes: 2, timing: timing, tokens: tokens)
        let melody = CompositionTask(given: given, isFree: tokens.indices.map { $0 % 2 == 1 })
        let requests = Requests()
        var endless = try piece(.init(bars: 8, melody: melody), requests)
        let joined = try join(&endless)
        #expect(joined.steps == 8 * 6)
        #expect(requests.pieceSteps == [18, 18, 18])
        #expect(requests.transpositions == [nil, nil, nil])
        for step in 0..<48 {
            #expect(joined[step, 0] == (step % 18 < 15 ? given[step % 18, 0] : Vocabulary.rest), "\(step)")
        }
        let times = (0..<2).map { time in (0..<18).map { joined[time * 18 + $0, 1] } }
        #expect(times[0] != times[1])
        #expect(times.joined().contains { vocabulary.pitch(of: $0) != nil })
    }

    @Test func `A melody that leaves nothing free, or is in other tokens, is refused`() throws {
        let full = TokenGrid(vocabulary: vocabulary, lanes: 2, tokens: [0, 0])
        #expect(throws: CompositionError.nothingFree) {
            try piece(.init(melody: .init(given: full, isFree: [false, false])))
        }
        #expect(throws: CompositionError.mismatch) {
            try piece(.init(melody: .init(vocabulary: vocabulary, lanes: 3, steps: 4)))
        }
    }

    @Test func `An opening is moved into the key, and the phrases after it are told how far`() throws {
        let requests = Requests()
        let key = try #require(Score.Key(name: "Ebm"))
        // Half an octave in the middle of the range: there is room to move.
        let liked = 8..<16
        var endless = try piece(
            .init(timing: timing, bars: 36, pieceBars: 6, choice: .init(key: key)), requests, liked: liked)
        let first = try endless.next()
        let opening = try #require(first)
        var four = try Requests().composer(vocabulary: vocabulary, lanes: 2, windowSteps: 32, liked: liked)
            .compose(
                CompositionTask(vocabulary: vocabulary, lanes: 2, timing: timing, steps: 32), count: 4,
                settings: settings(seed: 1)
            ).grids
        #expect(!four.contains(opening))
        four = four.flatMap { grid in (-5...6).compactMap { grid.transposed(by: $0) } }
        #expect(four.contains(opening))
        _ = try join(&endless)
        #expect(requests.transpositions.count == 12)
        for (index, shift) in requests.transpositions.enumerated() where index % 2 == 0 {
            #expect(shift == 0)
        }
        let told = requests.transpositions.enumerated().filter { $0.offset % 2 == 1 }.map(\.element)
        #expect(told.allSatisfy { ($0.map { (-5...6).contains($0) }) == true })
        #expect(Set(told).count > 1)
    }

    @Test func `A choice takes the phrase that has the key and the density`() throws {
        // Scales of A major in quarters and in eighths, and of A flat major.
        func scale(_ tonic: UInt8, length: Int) throws -> TokenGrid {
            let steps: [UInt8] = [0, 2, 4, 5, 7, 9, 11, 12]
            let tokens = try steps.flatMap { step -> [Token] in
                [try #require(vocabulary.token(of: tonic + step))] + Array(repeating: 1, count: length - 1)
            }
            return TokenGrid(
                vocabulary: vocabulary, lanes: 1, timing: timing, tokens: tokens)
        }
        let grids = [try scale(45, length: 2), try scale(45, length: 1), try scale(44, length: 1)]
        func best(_ key: String?, _ notesPerBar: Double?) -> Int {
            PhraseChoice(key: key.flatMap(Score.Key.init), notesPerBar: notesPerBar).best(of: grids, from: 0)
        }
        #expect(best(nil, 4) == 0)
        #expect(best(nil, 8) == 1)
        #expect(best("A", 8) == 1)
        #expect(best("Ab", 8) == 2)
        #expect(best("Ab", nil) == 2)
    }
}
