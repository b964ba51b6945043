import PianoRoll
import TestSupport
import Testing

@Suite struct ConversionTests {
    private let onset = Vocabulary(encoding: .onset, lowestPitch: 60, highestPitch: 72)
    private let sustain = Vocabulary(encoding: .sustain, lowestPitch: 60, highestPitch: 72)

    private func lane(_ vocabulary: Vocabulary, _ tokens: [UInt16]) -> TokenGrid {
        TokenGrid(vocabulary: vocabulary, lanes: 1, tokens: tokens)
    }

    @Test func aHoldWithNothingToHoldIsARest() {
        // 99 is no token: what it breaks off cannot be held either.
        let grid = lane(onset, [1, 1, 5, 1, 0, 1, 6, 99, 1, 5])
        #expect(grid.repaired().tokens == [0, 0, 5, 1, 0, 0, 6, 0, 0, 5])
        #expect(!grid.isWellFormed && grid.repaired().isWellFormed)
        #expect(grid.notes == grid.repaired().notes)
        #expect(grid.notes.map(\.steps) == [2..<4, 6..<7, 9..<10])
        #expect(grid.soundingPitches == [nil, nil, 63, 63, nil, nil, 64, nil, nil, 63])
        for step in 0..<grid.steps {
            #expect(grid.soundingPitch(step: step, lane: 0) == grid.soundingPitches[step])
        }
    }

    @Test func betweenTheEncodings() throws {
        let grid = lane(onset, [5, 1, 5, 6, 1, 0, 6])
        let sustained = try grid.converted(to: sustain)
        #expect(sustained.tokens == [4, 4, 4, 5, 5, 0, 5])
        // Back, the repeated note is a held one.
        #expect(try sustained.converted(to: onset).tokens == [5, 1, 1, 6, 1, 0, 6])
        let wide = Vocabulary(encoding: .onset)
        #expect(try grid.converted(to: wide).converted(to: onset) == grid)
        #expect(throws: TokenGridError.pitchOutOfRange(64, step: 3, lane: 0)) {
            try grid.converted(to: Vocabulary(encoding: .onset, lowestPitch: 60, highestPitch: 63))
        }
    }

    @Test(arguments: Vocabulary.Encoding.allCases)
    func soundIsKept(encoding: Vocabulary.Encoding) throws {
        for seed in UInt64(0)..<500 {
            var generator = SeededGenerator(seed: seed)
            let grid = TokenGrid.random(encoding: encoding, using: &generator)
            for target in Vocabulary.Encoding.allCases {
                let converted = try grid.converted(to: Vocabulary(encoding: target))
                try #require(converted.soundingPitches == grid.soundingPitches, "seed \(seed)")
                let back = try converted.converted(to: grid.vocabulary)
                if encoding == target || encoding == .sustain { try #require(back == grid, "seed \(seed)") }
            }
            for semitones in [-200, -12, -1, 0, 1, 12, .max, .min] {
                let pitches = grid.notes.map { Int($0.pitch).addingReportingOverflow(semitones).partialValue }
                let range = Int(grid.vocabulary.lowestPitch)...Int(grid.vocabulary.highestPitch)
                let moved = grid.transposed(by: semitones)
                try #require((moved != nil) == pitches.allSatisfy(range.contains), "seed \(seed)")
                if let moved { try #require(moved.notes.map { Int($0.pitch) } == pitches, "seed \(seed)") }
            }
        }
    }

    @Test func slices() {
        var grid = lane(onset, [5, 1, 1, 6, 1, 0, 6, 1])
        grid.timing.firstStepInBar = 15
        #expect(grid.slice(steps: 1..<5).tokens == [5, 1, 6, 1])
        #expect(grid.slice(steps: 1..<5, start: .rest).tokens == [0, 0, 6, 1])
        #expect(grid.slice(steps: 1..<5, start: .verbatim).tokens == [1, 1, 6, 1])
        #expect(grid.slice(steps: 1..<5).timing.firstStepInBar == 0)
        #expect(grid.slice(steps: 3..<3).tokens.isEmpty)
        #expect(grid.slice(steps: 0..<8) == grid)
    }

    @Test func whatSoundsInASliceIsWhatSoundedThere() throws {
        for seed in UInt64(0)..<500 {
            var generator = SeededGenerator(seed: seed)
            let grid = TokenGrid.random(encoding: seed % 2 == 0 ? .onset : .sustain, using: &generator)
            let start = Int.random(in: 0...grid.steps, using: &generator)
            let range = start..<Int.random(in: start...grid.steps, using: &generator)
            let slice = grid.slice(steps: range)
            let cells = range.lowerBound * grid.lanes..<range.upperBound * grid.lanes
            try #require(slice.soundingPitches == Array(grid.soundingPitches[cells]), "seed \(seed)")
            try #require(slice.isWellFormed, "seed \(seed)")
            for step in 0..<slice.steps {
                let place = grid.timing.positionInBar(ofStep: range.lowerBound + step)
                try #require(slice.timing.positionInBar(ofStep: step) == place, "seed \(seed)")
            }
        }
    }
}
