import Composition
import MIDIFile
import PianoRoll
import Testing

/// Four voices in quarters, off the grid by some ticks, after a quarter's pickup; the tempo changes in the midst.
private func hymn(bars: Int = 6, track: (Int) -> Int = { $0 }) -> Score {
    var notes: [Note] = []
    for beat in 0..<1 + bars * 4 {
        for voice in 0..<4 {
            let start = beat * 480 + (beat * 7 + voice * 3) % 11
            notes.append(
                Note(
                    pitch: UInt8(72 - 7 * voice + beat % 3), velocity: 70, channel: UInt8(track(voice)),
                    track: track(voice), startTick: start, endTick: (beat + 1) * 480 - voice))
        }
    }
    return Score(
        ticksPerQuarter: 480, tracks: (0..<4).map { Score.Track(name: "voice \($0)") },
        notes: notes.sorted { ($0.startTick, $0.track, $0.pitch) < ($1.startTick, $1.track, $1.pitch) },
        tempos: [
            .init(tick: 0, microsecondsPerQuarter: 600_000),
            .init(tick: 3_001, microsecondsPerQuarter: 700_000),
        ],
        meters: [
            .init(tick: 0, numerator: 1, denominator: 4), .init(tick: 480, numerator: 4, denominator: 4),
        ])
}

struct SourcePieceTests {
    let vocabulary = Vocabulary(encoding: .onset, lowestPitch: 40, highestPitch: 80)

    private func compose(_ task: CompositionTask, seed: UInt64 = 5) throws -> TokenGrid {
        try Requests().composer(vocabulary: task.given.vocabulary, lanes: 4, windowSteps: 32)
            .compose(task, settings: try settings(seed: seed)).grids[0]
    }

    @Test(arguments: [Vocabulary.Encoding.onset, .sustain], [Set([0]), [0, 3], [2]])
    func `Kept voices come out to the tick`(encoding: Vocabulary.Encoding, kept: Set<Int>) throws {
        let score = hymn()
        let source = try SourcePiece(score, lanes: 4)
        let vocabulary = Vocabulary(encoding: encoding, lowestPitch: 40, highestPitch: 80)
        let task = try source.harmonisation(keeping: kept, vocabulary: vocabulary)
        let result = source.score(with: try compose(task), task: task)
        #expect(
            result.notes.filter { kept.contains($0.track) } == score.notes.filter { kept.contains($0.track) })
        #expect(result.tempos == score.tempos)
        #expect(result.meters == score.meters)
        let others = result.notes.filter { !kept.contains($0.track) }
        #expect(!others.isEmpty)
        #expect(others != score.notes.filter { !kept.contains($0.track) })
    }

    @Test func `A tune alone is kept as the soprano`() throws {
        var score = hymn()
        score.notes.removeAll { $0.track != 2 }
        let source = try SourcePiece(score, lanes: 4, voices: [0])
        let task = try source.harmonisation(keeping: [0], vocabulary: vocabulary)
        let result = source.score(with: try compose(task), task: task)
        #expect(result.notes.filter { $0.track == 2 } == score.notes)
        #expect(Set(result.notes.map(\.track)).count > 1)
    }

    /// Also where nothing was composed for it: whoever reads the file finds all four voices.
    @Test func `A composed voice without notes has its named track`() throws {
        var score = hymn()
        score.notes.removeAll { $0.track != 0 }
        score.tracks = [.init(name: "tune")]
        let source = try SourcePiece(score, lanes: 4, voices: [0])
        let task = try source.harmonisation(keeping: [0], vocabulary: vocabulary)
        // Free cells are rests in what is given.
        let result = source.score(with: task.given, task: task, programs: [nil, 1, 2, 3])
        #expect(result.notes == score.notes)
        let read = try Score(MIDIFile(decoding: MIDIFile(score: result).encoded()))
        #expect(read.tracks.map(\.name) == ["tune", "Alto", "Tenor", "Bass"])
        #expect(read.tracks.map(\.program) == [nil, 1, 2, 3])
    }

    /// Whoever counts the voices by their tracks finds the soprano first.
    @Test func `The tracks of all voices come in the order of the lanes`() throws {
        var score = hymn()
        score.notes.removeAll { $0.track != 0 }
        score.tracks = [.init(name: "low"), .init(name: "drums")]
        for index in score.notes.indices { score.notes[index].pitch -= 24 }
        score.notes.append(Note(pitch: 36, channel: 9, track: 1, startTick: 0, endTick: 480))
        let source = try SourcePiece(score, lanes: 4, voices: [3])
        let task = try source.harmonisation(keeping: [3], vocabulary: vocabulary)
        let result = source.score(with: try compose(task), task: task)
        #expect(result.tracks.map(\.name) == ["Soprano", "drums", "Alto", "Tenor", "low"])
        #expect(result.notes.filter { $0.track == 4 }.count == score.notes.count - 1)
        #expect(result.notes.count { $0.track == 1 } == 1)
    }

    @Test func `A voice without notes plays the program of the nearest`() throws {
        var score = hymn()
        score.notes.removeAll { $0.track > 1 }
        func programs(_ own: [UInt8?], given: [UInt8?] = []) throws -> [UInt8?] {
            score.tracks = own.map { .init(program: $0) }
            let source = try SourcePiece(score, lanes: 4, voices: [0, 1])
            let task = try source.harmonisation(keeping: [0, 1], vocabulary: vocabulary)
            let result = source.score(with: try compose(task), task: task, programs: given)
            return result.tracks.map(\.program)
        }
        #expect(try programs([19, 19]) == [19, 19, 19, 19])
        #expect(try programs([19, 40]) == [19, 40, 40, 40])
        #expect(try programs([nil, nil]) == [nil, nil, nil, nil])
        #expect(try programs([19, 19], given: [nil, nil, 70, nil]) == [19, 19, 70, 19])
    }

    /// A tune whose quarters are played short is shown to the model as quarters; a rest of a quarter stays one.
    @Test func `Gaps between played notes are no rests`() throws {
        let notes = [0, 1, 2, 4].map {
            Note(pitch: UInt8(60 + $0), startTick: 480 * $0, endTick: 480 * $0 + 300)
        }
        let source = try SourcePiece(
            Score(ticksPerQuarter: 480, tracks: [.init()], notes: notes), lanes: 4, voices: [0])
        let task = try source.harmonisation(keeping: [0], vocabulary: vocabulary)
        let line = (0..<16).map { task.given[$0, 0] }
        let (hold, rest) = (vocabulary.hold, Vocabulary.rest)
        #expect(line[1..<4].allSatisfy { $0 == hold } && line[5..<8].allSatisfy { $0 == hold })
        // The third note lasts three sixteenths, and a quarter and a sixteenth are silent.
        #expect(line[9..<11].allSatisfy { $0 == hold } && line[11..<16].allSatisfy { $0 == rest })
        let grid = try compose(task)
        let kept = source.score(with: grid, task: task).notes.filter { $0.track == 0 }
        #expect(kept.map(\.endTick) == notes.map(\.endTick))
    }

    @Test func `A tune played legato is one voice, and stays as it was played`() throws {
        let notes = (0..<4).map {
            Note(pitch: UInt8(60 + $0), startTick: 480 * $0, endTick: 480 * $0 + 680)
        }
        let score = Score(ticksPerQuarter: 480, tracks: [.init()], notes: notes)
        let source = try SourcePiece(score, lanes: 4, voices: [0])
        let task = try source.harmonisation(keeping: [0], vocabulary: vocabulary)
        let result = source.score(with: try compose(task), task: task)
        #expect(result.notes.filter { $0.track == 0 } == notes)
    }

    /// What sounds on after its place in the line is cut where something is composed: at the end of a prompt the last note alone is
    /// held on, and no tail of a note that was composed anew is left.
    @Test func `A legato line is cut where something is composed`() throws {
        let notes = (0..<64).map { beat in
            Note(
                pitch: UInt8(72 + beat / 4 % 3 - 7 * (beat % 4)), channel: UInt8(beat % 4), track: beat % 4,
                startTick: 480 * (beat / 4), endTick: 480 * (beat / 4) + 680)
        }
        let score = Score(
            ticksPerQuarter: 480, tracks: Array(repeating: .init(), count: 4), notes: notes)
        let source = try SourcePiece(score, lanes: 4)
        let continuation = try source.continuation(after: 1, total: 2, vocabulary: vocabulary)
        var held = continuation.given
        for cell in held.tokens.indices where continuation.isFree[cell] {
            held.tokens[cell] = try #require(vocabulary.hold)
        }
        let longer = source.score(with: held, task: continuation)
        #expect(longer.notes.count == 16)
        for track in 0..<4 {
            let line = longer.notes.filter { $0.track == track }
            #expect(line.map(\.endTick) == [680, 1_160, 1_640, 3_840])
        }
        // The second bar's notes go, those of the third stay; nothing is drawn in between.
        let infill = try source.infilling(bars: 2...2, lanes: nil, vocabulary: vocabulary)
        let empty = source.score(with: infill.given, task: infill)
        #expect(empty.notes.map(\.startTick).allSatisfy { !(1_920..<3_840).contains($0) && $0 % 480 == 0 })
        #expect(empty.notes.count == notes.count - 16)
    }

    @Test(arguments: [Vocabulary.Encoding.onset, .sustain])
    func `Outside the region everything stays`(encoding: Vocabulary.Encoding) throws {
        let score = hymn()
        let source = try SourcePiece(score, lanes: 4)
        let vocabulary = Vocabulary(encoding: encoding, lowestPitch: 40, highestPitch: 80)
        let task = try source.infilling(bars: 3...4, lanes: [1, 2], vocabulary: vocabulary)
        let result = source.score(with: try compose(task), task: task)
        // Bars 3 and 4 after the pickup.
        let region = 480 + 2 * 1_920..<480 + 4 * 1_920
        func isOutside(_ note: Note) -> Bool {
            !(1...2).contains(note.track) || note.startTick >= region.upperBound
                || note.endTick < region.lowerBound - 10
        }
        #expect(result.notes.filter(isOutside) == score.notes.filter(isOutside))
        #expect(result.notes != score.notes)
        #expect(result.endTick == score.endTick)
    }

    @Test func `A continuation begins with the prompt and has the bars asked for`() throws {
        let score = hymn()
        let source = try SourcePiece(score, lanes: 4)
        let task = try source.continuation(after: 2, total: 9, vocabulary: vocabulary)
        #expect(task.given.steps == 4 + 9 * 16)
        let result = source.score(with: try compose(task), task: task)
        let end = 480 + 2 * 1_920
        // The last note of each voice may be held on.
        #expect(
            result.notes.filter { $0.endTick < end - 10 } == score.notes.filter { $0.endTick < end - 10 })
        #expect(result.endTick == 480 + 9 * 1_920)
        #expect(result.notes.contains { $0.startTick > score.endTick })
        #expect(result.tempos == score.tempos)
    }

    @Test func `A voice out of range is told with its bar`() throws {
        let source = try SourcePiece(hymn(), lanes: 4)
        let narrow = Vocabulary(encoding: .onset, lowestPitch: 40, highestPitch: 73)
        #expect(
            throws: CompositionError.outOfRange(pitch: 74, bar: 1, voice: "soprano", lowest: 40, highest: 73)
        ) { try source.harmonisation(keeping: [0], vocabulary: narrow) }
        // A voice that is not kept may be anywhere.
        _ = try source.harmonisation(keeping: [3], vocabulary: narrow)
    }

    /// Quarters of three notes each: the second and the third are on no sixteenth, and come out to the tick all the same.
    @Test func `Triplets are counted, and kept as they were`() throws {
        let notes = (0..<12).map {
            Note(pitch: UInt8(60 + $0 % 5), startTick: 160 * $0, endTick: 160 * ($0 + 1))
        }
        let score = Score(ticksPerQuarter: 480, tracks: [.init()], notes: notes)
        let source = try SourcePiece(score, lanes: 4, voices: [0])
        #expect(source.report.tripletCount == 8)
        let task = try source.harmonisation(keeping: [0], vocabulary: vocabulary)
        let result = source.score(with: try compose(task), task: task)
        #expect(result.notes.filter { $0.track == 0 } == notes)
        #expect(try SourcePiece(hymn(), lanes: 4).report.tripletCount == 0)
    }

    @Test func `A piece of too few voices is told what it has to have`() throws {
        var score = hymn()
        score.notes.removeAll { $0.track > 1 }
        let kept = CompositionError.voiceCount(found: 2, lanes: 4, kept: 1)
        #expect(throws: kept) { try SourcePiece(score, lanes: 4, voices: [0]) }
        #expect(
            "\(kept)"
                == "the piece has 2 voices, a track or a line each, and 1 is to be kept: it has to have the kept ones alone, "
                + "or all 4 of the model; keep 2, or take the others out of the piece")
        #expect(throws: CompositionError.voiceCount(found: 2, lanes: 4, kept: nil)) {
            try SourcePiece(score, lanes: 4)
        }
        #expect(
            "\(CompositionError.voiceCount(found: 1, lanes: 4, kept: 2))".hasSuffix("of the model; keep 1"))
    }

    @Test func `Bars and voices that are not there are refused`() throws {
        let source = try SourcePiece(hymn(), lanes: 4)
        #expect(source.barCount == 6)
        #expect(throws: CompositionError.noSuchBars(first: 6, last: 7, available: 6)) {
            try source.infilling(bars: 6...7, lanes: nil, vocabulary: vocabulary)
        }
        #expect(throws: CompositionError.keepsEverything) {
            try source.harmonisation(keeping: [0, 1, 2, 3], vocabulary: vocabulary)
        }
        #expect(throws: CompositionError.self) { try SourcePiece.lane(named: "viola", lanes: 4) }
        #expect(try SourcePiece.lane(named: "Tenor", lanes: 4) == 2)
        #expect(try SourcePiece.lane(named: "4", lanes: 4) == 3)
        #expect(throws: CompositionError.noNotes) {
            try SourcePiece(Score(ticksPerQuarter: 480, tracks: [], notes: []), lanes: 4)
        }
    }
}
