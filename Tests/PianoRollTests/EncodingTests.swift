import MIDIFile
import PianoRoll
import TestSupport
import Testing

/// Notes to grids, by hand. Scores here have 24 ticks a quarter: 6 to a sixteenth, 8 to a triplet eighth.
@Suite struct EncodingTests {
    private let onset = Vocabulary(encoding: .onset, lowestPitch: 60, highestPitch: 72)
    private let sustain = Vocabulary(encoding: .sustain, lowestPitch: 60, highestPitch: 72)

    private func note(_ pitch: UInt8, _ ticks: Range<Int>, track: Int = 0, channel: UInt8 = 0) -> Note {
        Note(
            pitch: pitch, channel: channel, track: track, startTick: ticks.lowerBound,
            endTick: ticks.upperBound)
    }

    private func score(
        _ notes: [Note], tracks: Int = 1, meters: [Score.Meter] = [], endTick: Int? = nil
    ) -> Score {
        Score(
            ticksPerQuarter: 24, tracks: Array(repeating: Score.Track(), count: tracks), notes: notes,
            meters: meters, endTick: endTick)
    }

    /// The lanes of a grid, each as its row of tokens.
    private func rows(_ grid: TokenGrid) -> [[UInt16]] {
        (0..<grid.lanes).map { lane in (0..<grid.steps).map { grid[$0, lane] } }
    }

    @Test func tokensOfBothEncodings() throws {
        let melody = score([note(60, 6..<18), note(60, 18..<24), note(62, 30..<36)], endTick: 42)
        let (grid, report) = try melody.encoded(.init(vocabulary: onset))
        // rest, C, hold, C again, rest, D, rest
        #expect(rows(grid) == [[0, 2, 1, 2, 0, 4, 0]])
        #expect(report.placedCount == 3 && report.movedCount == 0 && report.mergedCount == 0)
        let (sustained, sustainReport) = try melody.encoded(.init(vocabulary: sustain))
        #expect(rows(sustained) == [[0, 1, 1, 1, 0, 3, 0]])
        #expect(sustainReport.mergedCount == 1)
        #expect(rows(try melody.encoded(.init(vocabulary: onset, trimsEnd: true)).grid)[0].count == 6)
    }

    @Test func startsAndEndsGoToTheNearestStep() throws {
        // Triplet eighths of 8 ticks on steps of 6: 0-8, 8-16, 16-24 become 0-1, 1-3, 3-4.
        let (grid, report) = try score([note(60, 0..<8), note(62, 8..<16), note(64, 16..<24)])
            .encoded(.init(vocabulary: onset))
        #expect(rows(grid) == [[2, 4, 1, 6]])
        #expect(report.movedCount == 3)
        // The first of the three starts on a step.
        #expect(report.tripletCount == 2)
        #expect("\(report)".contains("2 of them are triplets"))
        #expect(report.largestShift == 2)
        // Shifts of starts 0, 2, 2 and of ends 2, 2, 0.
        #expect(report.meanShift == 8.0 / 6)
        // Three steps to a quarter fit exactly.
        let fine = try score([note(60, 0..<8), note(62, 8..<16), note(64, 16..<24)])
            .encoded(.init(vocabulary: onset, stepsPerQuarter: 3))
        #expect(rows(fine.grid) == [[2, 4, 6]] && fine.report.movedCount == 0)
        #expect(fine.report.tripletCount == 0)
        // Late by a 24th of a quarter is no triplet, and neither is a half.
        let late = try score([note(60, 1..<9), note(62, 12..<18)]).encoded(.init(vocabulary: onset))
        #expect(late.report.movedCount == 1 && late.report.tripletCount == 0)
    }

    @Test func noNoteGetsLength0() throws {
        let (grid, report) = try score([note(60, 0..<1), note(62, 12..<13)]).encoded(.init(vocabulary: onset))
        #expect(rows(grid) == [[2, 0, 4]])
        #expect(report.placedCount == 2)
    }

    @Test func whatIsLeftOutIsReported() throws {
        let drum = note(61, 0..<6, channel: 9)
        let high = note(90, 0..<6)
        // C and D within one step: D lies on it.
        let notes = [drum, high, note(60, 3..<6), note(62, 6..<12)]
        let (grid, report) = try score(notes).encoded(.init(vocabulary: onset, lanes: 1))
        #expect(rows(grid) == [[0, 4]])
        #expect(report.noteCount == 4 && report.placedCount == 1)
        #expect(
            Set(report.lostNotes)
                == [
                    .init(note: drum, reason: .drum), .init(note: high, reason: .outOfRange),
                    .init(note: notes[2], reason: .collision),
                ])
        let withDrums = try score([drum]).encoded(.init(vocabulary: onset, includesDrums: true))
        #expect(rows(withDrums.grid) == [[3]])
        // Every note is either in the grid or told of.
        for seed in UInt64(0)..<3_000 {
            var generator = SeededGenerator(seed: seed)
            let random = (0..<Int.random(in: 0...40, using: &generator)).map { _ in
                let start = Int.random(in: 0...200, using: &generator)
                return note(
                    .random(in: 55...75, using: &generator),
                    start..<start + .random(in: 1...40, using: &generator),
                    track: .random(in: 0...3, using: &generator))
            }
            let lanes = Bool.random(using: &generator) ? nil : Int.random(in: 1...5, using: &generator)
            let voices = Score.VoiceAssignment.allCases.randomElement(using: &generator) ?? .automatic
            let (grid, report) = try score(random, tracks: 4).encoded(
                .init(
                    vocabulary: onset, lanes: lanes, voices: voices, alignment: seed % 2 == 0 ? .pad : .shift)
            )
            try #require(report.placedCount + report.lostNotes.count == random.count, "seed \(seed)")
            try #require(grid.notes.count == report.placedCount, "seed \(seed)")
            try #require(grid.isWellFormed && grid.lanes == lanes ?? grid.lanes, "seed \(seed)")
        }
    }

    @Test func tracksBecomeLanesByMeanPitch() throws {
        let notes = [note(61, 0..<6, track: 0), note(70, 0..<6, track: 1), note(65, 0..<6, track: 3)]
        let (grid, report) = try score(notes, tracks: 4).encoded(.init(vocabulary: onset))
        #expect(rows(grid) == [[12], [7], [3]] && report.voices == .trackPitch)
        let ordered = try score(notes, tracks: 4).encoded(
            .init(vocabulary: onset, lanes: 4, voices: .trackOrder))
        // As many lanes as tracks: the silent track keeps its own.
        #expect(rows(ordered.grid) == [[3], [12], [0], [7]])
        let narrow = try score(notes, tracks: 4).encoded(
            .init(vocabulary: onset, lanes: 2, voices: .trackPitch))
        #expect(rows(narrow.grid) == [[12], [7]] && narrow.report.lostCount(.surplus) == 1)
    }

    @Test func chordsOfOneTrackArePartedByPitch() throws {
        // Two voices that cross no pitch but leave gaps: the upper is silent on the second beat.
        let notes = [
            note(72, 0..<24), note(64, 0..<24), note(62, 24..<48), note(71, 48..<72), note(60, 48..<72),
        ]
        let (grid, report) = try score(notes).encoded(.init(vocabulary: onset, stepsPerQuarter: 1))
        #expect(rows(grid) == [[14, 0, 13], [6, 4, 2]] && report.voices == .proximity)
    }

    @Test func aHeldNoteKeepsItsLane() throws {
        // The bass holds while the upper voice moves below and above.
        let notes = [note(60, 0..<72), note(67, 0..<24), note(69, 24..<48), note(65, 48..<72)]
        let (grid, _) = try score(notes).encoded(.init(vocabulary: onset, stepsPerQuarter: 1))
        #expect(rows(grid) == [[9, 11, 7], [2, 1, 1]])
    }

    @Test func surplusIsTakenFromTheInnerVoices() throws {
        let notes = [60, 64, 67, 72].map { note($0, 0..<24) }
        let (grid, report) = try score(notes).encoded(.init(vocabulary: onset, lanes: 2, stepsPerQuarter: 1))
        #expect(rows(grid) == [[14], [2]] && report.lostCount(.surplus) == 2)
    }

    @Test func legatoIsNotAChord() throws {
        // Each note hangs over into the next by two ticks, less than half a step.
        let notes = [note(60, 0..<26), note(62, 24..<50), note(64, 48..<72)]
        let (grid, report) = try score(notes).encoded(.init(vocabulary: onset, stepsPerQuarter: 1))
        #expect(rows(grid) == [[2, 4, 6]] && report.shortenedCount == 0 && report.voices == .trackPitch)
    }

    @Test func aNoteEndsWhereTheNextOfItsLaneBegins() throws {
        // It does not come back when the next, shorter one is over.
        let (grid, report) = try score([note(60, 0..<96), note(67, 24..<48)])
            .encoded(.init(vocabulary: onset, lanes: 1, stepsPerQuarter: 1, voices: .trackOrder))
        #expect(rows(grid) == [[2, 9, 0, 0]] && report.shortenedCount == 1 && report.lostNotes.isEmpty)
    }

    @Test func aScoreOfAGridSaysSo() throws {
        let grid = TokenGrid(vocabulary: onset, lanes: 3, tokens: [0, 0, 0])
        var decoded = try grid.decoded(.init(texts: ["seed 7"]))
        #expect(decoded.gridLaneCount == 3 && decoded.texts.last == "seed 7")
        // A track more, and the tracks are lanes no longer.
        decoded.tracks.append(Score.Track())
        #expect(decoded.gridLaneCount == nil && score([]).gridLaneCount == nil)
    }

    @Test func optionsOutOfRange() {
        let empty = score([])
        #expect(throws: ScoreError.lanes(0)) { try empty.encoded(.init(vocabulary: onset, lanes: 0)) }
        #expect(throws: ScoreError.lanes(65)) { try empty.encoded(.init(vocabulary: onset, lanes: 65)) }
        #expect(throws: ScoreError.stepsPerQuarter(0)) {
            try empty.encoded(.init(vocabulary: onset, stepsPerQuarter: 0))
        }
        var broken = empty
        broken.ticksPerQuarter = 0
        #expect(throws: ScoreError.ticksPerQuarter(0)) { try broken.encoded(.init(vocabulary: onset)) }
        #expect(throws: ScoreError.self) {
            try score([], endTick: .max).encoded(.init(vocabulary: onset))
        }
        #expect(throws: ScoreError.self) {
            try score([], endTick: 24 << 25).encoded(.init(vocabulary: onset, stepsPerQuarter: 960))
        }
    }

    @Test func anEmptyScoreIsAnEmptyLane() throws {
        let (grid, report) = try score([], endTick: 24).encoded(.init(vocabulary: onset))
        #expect(rows(grid) == [[0, 0, 0, 0]] && report.placedCount == 0)
    }
}
