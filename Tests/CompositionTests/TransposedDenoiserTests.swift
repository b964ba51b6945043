import Composition
import DiscreteDiffusion
import PianoRoll
import RealModule
import Testing

/// Says of every cell that it is the pitch so many semitones above the sample's first cell, half the time, and any state else.
private struct Follower: Denoiser {
    let cellCount = 4
    let vocabulary: Vocabulary
    let interval: Int

    var stateCount: Int { vocabulary.count }

    func predict(tokens: Span<Token>, times: Span<Double>, logits: inout MutableSpan<Double>) throws {
        for cell in 0..<tokens.count {
            let first = tokens[cell / cellCount * cellCount]
            for state in 0..<stateCount {
                let isNext = Int(first) + interval == state
                // A constant a cell is of no account.
                logits[cell * stateCount + state] =
                    Double(cell) + .log(isNext ? 0.5 : 0.5 / Double(stateCount))
            }
        }
    }
}

@Suite struct TransposedDenoiserTests {
    private let vocabulary = Vocabulary(encoding: .onset, lowestPitch: 60, highestPitch: 71)
    private var mask: Token { Token(vocabulary.count) }

    private func posterior(_ denoiser: any Denoiser, _ tokens: [Token], cell: Int) throws -> [Double] {
        var logits = Array(repeating: 0.0, count: tokens.count * denoiser.stateCount)
        var span = logits.mutableSpan
        try denoiser.predict(
            tokens: tokens.span, times: Array(repeating: 0.5, count: tokens.count / 4).span, logits: &span)
        let row = logits[cell * denoiser.stateCount..<(cell + 1) * denoiser.stateCount]
        let weights = row.map { Double.exp($0 - (row.max() ?? 0)) }
        return weights.map { $0 / weights.reduce(0, +) }
    }

    @Test("Shifts go from the smallest on, up first")
    func shifts() {
        #expect(TransposedDenoiser.shifts(1) == [0])
        #expect(TransposedDenoiser.shifts(12) == [0, 1, -1, 2, -2, 3, -3, 4, -4, 5, -5, 6])
    }

    @Test("What a model says alike in every key is said by all of them")
    func equivariant() throws {
        let follower = Follower(vocabulary: vocabulary, interval: 4)
        let mixture = TransposedDenoiser(
            vocabulary: vocabulary,
            parts: TransposedDenoiser.shifts(3).map { .init(shift: $0, denoiser: follower) })
        let tokens: [Token] = [6, mask, 1, mask]
        let alone = try posterior(follower, tokens, cell: 3)
        let mean = try posterior(mixture, tokens, cell: 3)
        #expect(alone.indices.max { alone[$0] < alone[$1] } == 10)
        for (state, (a, b)) in zip(alone, mean).enumerated() where (4..<12).contains(state) {
            #expect(abs(a - b) < 0.02, "state \(state)")
        }
    }

    @Test("The mean is of probabilities, each back in the sample's key; rest and hold are the same in all")
    func mean() throws {
        let parts = [(0, 4), (1, 2), (-1, 4)].map { shift, interval in
            TransposedDenoiser.Part(
                shift: shift, denoiser: Follower(vocabulary: vocabulary, interval: interval))
        }
        let mixture = TransposedDenoiser(vocabulary: vocabulary, parts: parts)
        let tokens: [Token] = [6, mask, mask, mask]
        let count = vocabulary.count
        var expected = Array(repeating: 0.0, count: count)
        for (part, interval) in zip(parts, [4, 2, 4]) {
            let shifted: [Token] = [Token(6 + part.shift), mask, mask, mask]
            let own = try posterior(Follower(vocabulary: vocabulary, interval: interval), shifted, cell: 2)
            for state in 0..<count {
                let from = state < 2 ? state : state + part.shift
                if from < 2 && state >= 2 || from >= count { continue }
                expected[state] += own[from]
            }
        }
        let total = expected.reduce(0, +)
        for (a, b) in zip(try posterior(mixture, tokens, cell: 2), expected) {
            #expect(abs(a - b / total) < 1e-12)
        }
    }

    @Test("A copy whose known notes leave the vocabulary has no say, for its sample alone")
    func leaving() throws {
        let parts = [(0, 4), (1, -3)].map { shift, interval in
            TransposedDenoiser.Part(
                shift: shift, denoiser: Follower(vocabulary: vocabulary, interval: interval))
        }
        let mixture = TransposedDenoiser(vocabulary: vocabulary, parts: parts)
        let highest = Token(vocabulary.count - 1)
        let tokens: [Token] = [6, mask, highest, mask] + [6, mask, 3, mask]
        let alone = try posterior(parts[0].denoiser, tokens, cell: 1)
        for (a, b) in zip(try posterior(mixture, tokens, cell: 1), alone) { #expect(abs(a - b) < 1e-12) }
        #expect(try posterior(mixture, tokens, cell: 5)[3] > 0.2)
    }
}
