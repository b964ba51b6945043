import MIDIFile
import PianoRoll
import TestSupport
import Testing

@Suite struct ScoreReadingTests {
    private typealias Timed = MIDIFile.TimedEvent

    private func on(_ tick: Int, _ key: UInt8, _ velocity: UInt8 = 80, channel: UInt8 = 0)
        -> MIDIFile.TimedEvent
    {
        Timed(tick: tick, .channel(channel, .noteOn(key: key, velocity: velocity)))
    }

    private func off(_ tick: Int, _ key: UInt8, channel: UInt8 = 0) -> MIDIFile.TimedEvent {
        Timed(tick: tick, .channel(channel, .noteOff(key: key, velocity: 0)))
    }

    /// The notes of one track as (start, end), and the kinds of warnings.
    private func read(_ events: [MIDIFile.TimedEvent], endTick: Int = 100) throws -> (
        [[Int]], [ScoreWarning.Kind]
    ) {
        let file = MIDIFile(
            division: .ticksPerQuarter(24), tracks: [MIDIFile.Track(events: events, endTick: endTick)])
        var warnings: [ScoreWarning] = []
        let score = try Score(file, warnings: &warnings)
        return (score.notes.map { [$0.startTick, $0.endTick] }, warnings.map(\.kind))
    }

    @Test func aNoteOnOfVelocity0EndsANote() throws {
        #expect(try read([on(0, 60), on(10, 60, 0)]) == ([[0, 10]], []))
    }

    @Test func aRestartEndsTheNoteBefore() throws {
        #expect(try read([on(0, 60), on(10, 60), off(20, 60)]) == ([[0, 10], [10, 20]], [.restartedNote]))
    }

    @Test func aLateNoteOffDoesNotSwallowTheNextNote() throws {
        // The new note is pressed before the old one is let go, at one tick.
        #expect(
            try read([on(0, 60), on(10, 60), off(10, 60), off(20, 60)]) == (
                [[0, 10], [10, 20]], [.restartedNote]
            ))
    }

    @Test func aMissingNoteOffIsTheTracksEnd() throws {
        #expect(try read([on(0, 60)]) == ([[0, 100]], [.missingNoteOff]))
        // Pressed at the very end: a tick.
        #expect(try read([on(100, 60)]) == ([[100, 101]], [.missingNoteOff, .zeroLengthNote]))
    }

    @Test func noNoteHasLength0() throws {
        #expect(try read([on(5, 60), off(5, 60)]) == ([[5, 6]], [.zeroLengthNote]))
        #expect(
            try read([on(5, 60), off(5, 60), on(6, 60), off(9, 60)]) == (
                [[5, 6], [6, 9]], [.zeroLengthNote]
            ))
    }

    @Test func twoNotesAtOnceAreOne() throws {
        #expect(
            try read([on(5, 60), on(5, 60), off(9, 60), off(12, 60)]) == (
                [[5, 9]], [.doubledNote, .strayNoteOff]
            ))
    }

    @Test func keysOfOtherChannelsAreOthers() throws {
        // Two channels on one track beside a conductor's: the track stays one.
        let part = MIDIFile.Track(
            events: [on(0, 60), on(0, 60, channel: 1), off(5, 60), off(9, 60, channel: 1)], endTick: 9)
        let file = MIDIFile(division: .ticksPerQuarter(24), tracks: [MIDIFile.Track(events: []), part])
        let score = try Score(file)
        #expect(score.tracks.count == 1)
        #expect(score.notes.map(\.channel) == [0, 1] && score.notes.map(\.endTick) == [5, 9])
    }

    @Test func aSingleTrackIsPartedByChannel() throws {
        let track = MIDIFile.Track(
            events: [
                Timed(tick: 0, .meta(.text(.trackName, Array("Title".utf8)))),
                Timed(tick: 0, .channel(3, .programChange(19))),
                on(0, 60, channel: 3), on(0, 48, channel: 7), off(9, 60, channel: 3), off(9, 48, channel: 7),
            ], endTick: 9)
        let score = try Score(
            MIDIFile(format: .singleTrack, division: .ticksPerQuarter(24), tracks: [track]))
        #expect(score.tracks == [Score.Track(program: 19), Score.Track()])
        #expect(score.notes.map(\.track) == [0, 1] && score.notes.map(\.pitch) == [60, 48])
        #expect(score.texts == ["Title"])
    }

    @Test func changesAreMergedOverTracks() throws {
        let first = MIDIFile.Track(
            events: [
                Timed(tick: 0, .meta(.tempo(microsecondsPerQuarter: 400_000))),
                Timed(tick: 50, .meta(.tempo(microsecondsPerQuarter: 0))),
            ], endTick: 90)
        let second = MIDIFile.Track(
            events: [
                // At one tick the later in the file holds.
                Timed(tick: 0, .meta(.tempo(microsecondsPerQuarter: 300_000))),
                Timed(
                    tick: 10,
                    .meta(
                        .meter(
                            numerator: 6, denominatorPower: 3, clocksPerClick: 1, thirtySecondsPerQuarter: 8))
                ),
                Timed(
                    tick: 11,
                    .meta(
                        .meter(
                            numerator: 0, denominatorPower: 3, clocksPerClick: 1, thirtySecondsPerQuarter: 8))
                ),
                Timed(
                    tick: 12,
                    .meta(
                        .meter(
                            numerator: 4, denominatorPower: 255, clocksPerClick: 1, thirtySecondsPerQuarter: 8
                        ))),
                Timed(tick: 20, .meta(.key(fifths: -2, isMinor: true))),
                Timed(tick: 21, .meta(.key(fifths: 100, isMinor: true))),
            ], endTick: 40)
        let third = MIDIFile.Track(
            events: [Timed(tick: 5, .meta(.tempo(microsecondsPerQuarter: 200_000)))], endTick: 30)
        var warnings: [ScoreWarning] = []
        let score = try Score(
            MIDIFile(division: .ticksPerQuarter(24), tracks: [first, second, third]), warnings: &warnings)
        #expect(score.tempos.map(\.tick) == [0, 5])
        #expect(score.tempos.map(\.microsecondsPerQuarter) == [300_000, 200_000])
        #expect(score.meters == [Score.Meter(tick: 10, numerator: 6, denominator: 8)])
        #expect(score.keys == [Score.Key(tick: 20, fifths: -2, isMinor: true)])
        #expect(Set(warnings.map(\.kind)) == [.badTempo, .badMeter, .badKey])
        // The conductor's track ends later, but no music does.
        #expect(score.endTick == 40 && score.tracks.count == 2)
    }

    @Test func textsThatAreNotUTF8AreLatin1() throws {
        let track = MIDIFile.Track(
            events: [
                Timed(tick: 0, .meta(.text(.text, Array("Für".utf8)))),
                Timed(tick: 0, .meta(.text(.copyright, [0xA9, 0x20, 0x46, 0xFC, 0x72]))),
                Timed(tick: 0, .meta(.text(.lyric, Array("la".utf8)))),
            ])
        #expect(
            try Score(MIDIFile(division: .ticksPerQuarter(24), tracks: [track])).texts == ["Für", "© Für"])
    }

    @Test func timecodeBecomesQuartersOfTheTempo() throws {
        // 25 frames of 40 ticks: 1,000 ticks a second. A second at 120 a minute is 2 quarters, at 60 it is 1.
        let track = MIDIFile.Track(
            events: [
                on(0, 60), off(1_000, 60),
                Timed(tick: 1_000, .meta(.tempo(microsecondsPerQuarter: 1_000_000))),
                on(1_500, 62), off(3_000, 62),
            ], endTick: 4_000)
        let score = try Score(MIDIFile(division: .timecode(.video25, ticksPerFrame: 40), tracks: [track]))
        let quarter = score.ticksPerQuarter
        #expect(score.notes.map(\.startTick) == [0, 2 * quarter + quarter / 2])
        #expect(score.notes.map(\.endTick) == [2 * quarter, 4 * quarter])
        #expect(score.endTick == 5 * quarter)
        #expect(score.tempos == [Score.Tempo(tick: 2 * quarter, microsecondsPerQuarter: 1_000_000)])
        // Drop-frame code is slower than 30 frames by one in a thousand: 30,000 ticks are 1,001 seconds.
        let drop = MIDIFile.Track(events: [], endTick: 30_000)
        let dropScore = try Score(
            MIDIFile(division: .timecode(.dropFrame30, ticksPerFrame: 1), tracks: [drop]))
        #expect(dropScore.endTick == 2_002 * dropScore.ticksPerQuarter)
    }

    @Test(
        arguments: [(.film24, 24), (.video25, 25), (.dropFrame30, 30_000.0 / 1_001), (.video30, 30)]
            as [(MIDIFile.FrameRate, Double)])
    func ticksOfTimecodeCanBeKept(rate: MIDIFile.FrameRate, frames: Double) throws {
        // A tempo changes nothing: ticks are moments.
        let tempo = Timed(tick: 5, .meta(.tempo(microsecondsPerQuarter: 123_457)))
        let track = MIDIFile.Track(events: [on(3, 60), tempo, off(123_456, 60)])
        for ticksPerFrame in [1, 40, 80, 255] {
            let file = MIDIFile(division: .timecode(rate, ticksPerFrame: ticksPerFrame), tracks: [track])
            let score = try Score(file, options: .init(keepsTimecodeTicks: true, maximumQuarters: .max))
            #expect(score.notes.map { [$0.startTick, $0.endTick] } == [[3, 123_456]])
            let expected = 123_456 / (frames * Double(ticksPerFrame))
            #expect(abs(TempoMap(score).seconds(atTick: 123_456) - expected) < 1e-9 * expected)
            // Ticks of quarters lie within a ten-thousandth of a second of it.
            let musical = try Score(file)
            #expect(abs(TempoMap(musical).seconds(atTick: musical.notes[0].endTick) - expected) < 1e-4)
        }
    }

    @Test func otherFilesHoldOnePiece() throws {
        let file = MIDIFile(division: .ticksPerQuarter(24), tracks: [MIDIFile.Track(events: [on(0, 60)])])
        #expect(throws: ScoreError.noSuchPiece(1, count: 1)) { try Score(file, options: .init(piece: 1)) }
        #expect(try Score(file, options: .init(piece: 0)) == Score(file))
    }

    @Test func piecesOfFormat2AreChosen() throws {
        let pieces = [60, 62].map { MIDIFile.Track(events: [on(0, $0), off(9, $0)]) }
        let file = MIDIFile(format: .independentTracks, division: .ticksPerQuarter(24), tracks: pieces)
        #expect(throws: ScoreError.severalPieces(2)) { try Score(file) }
        #expect(throws: ScoreError.noSuchPiece(2, count: 2)) { try Score(file, options: .init(piece: 2)) }
        #expect(throws: ScoreError.noSuchPiece(-1, count: 2)) { try Score(file, options: .init(piece: -1)) }
        #expect(try Score(file, options: .init(piece: 1)).notes.map(\.pitch) == [62])
    }

    @Test func absurdLengthsAreRefused() throws {
        let long = MIDIFile.Track(events: [on(0, 60), off(0x0FFF_FFFF, 60)])
        for division in [MIDIFile.Division.ticksPerQuarter(1), .timecode(.film24, ticksPerFrame: 1)] {
            #expect(throws: ScoreError.self) { try Score(MIDIFile(division: division, tracks: [long])) }
        }
        #expect(throws: ScoreError.tooLong(quarters: 5, limit: 4)) {
            try Score(
                MIDIFile(division: .ticksPerQuarter(24), tracks: [MIDIFile.Track(events: [], endTick: 97)]),
                options: .init(maximumQuarters: 4))
        }
        // Not from bytes: out of order.
        #expect(throws: ScoreError.order(track: 0, tick: -4)) {
            try Score(
                MIDIFile(division: .ticksPerQuarter(24), tracks: [MIDIFile.Track(events: [on(-4, 60)])]))
        }
    }

    @Test func whatCannotBeWrittenIsRefused() throws {
        let note = Note(pitch: 60, track: 1, startTick: 0, endTick: 9)
        #expect(throws: ScoreError.note(note)) {
            try MIDIFile(score: Score(ticksPerQuarter: 24, tracks: [Score.Track()], notes: [note]))
        }
        #expect(throws: ScoreError.meter(numerator: 4, denominator: 6, tick: 0)) {
            try MIDIFile(
                score: Score(
                    ticksPerQuarter: 24, tracks: [], notes: [],
                    meters: [Score.Meter(tick: 0, numerator: 4, denominator: 6)]))
        }
        #expect(throws: ScoreError.ticksPerQuarter(0)) {
            try MIDIFile(score: Score(ticksPerQuarter: 0, tracks: [], notes: []))
        }
    }

    @Test func whatSoundsTogetherOnOneKeyIsWrittenOneAfterTheOther() throws {
        let notes = [(0, 20), (10, 15), (10, 30)].map {
            Note(pitch: 60, startTick: $0.0, endTick: $0.1)
        }
        let score = Score(ticksPerQuarter: 24, tracks: [Score.Track()], notes: notes)
        var warnings: [ScoreWarning] = []
        let result = try Score(MIDIFile(score: score), warnings: &warnings)
        #expect(result.notes.map(\.startTick) == [0, 10] && result.notes.map(\.endTick) == [10, 30])
        #expect(warnings.isEmpty)
    }

    @Test func anyTrackOfEventsIsRead() throws {
        // Reading never traps and keeps the note rules, whatever the order of presses.
        for seed in UInt64(0)..<5_000 {
            var generator = SeededGenerator(seed: seed)
            var tick = 0
            var events: [MIDIFile.TimedEvent] = []
            for _ in 0..<Int.random(in: 0...40, using: &generator) {
                tick += Int.random(in: 0...3, using: &generator)
                let key = UInt8.random(in: 60...61, using: &generator)
                events.append(Bool.random(using: &generator) ? on(tick, key) : off(tick, key))
            }
            let file = MIDIFile(
                division: .ticksPerQuarter(24), tracks: [MIDIFile.Track(events: events, endTick: tick)])
            let score = try Score(file)
            for key in [60, 61] as [UInt8] {
                let notes = score.notes.filter { $0.pitch == key }
                let inOrder = zip(notes, notes.dropFirst()).allSatisfy { $0.endTick <= $1.startTick }
                try #require(inOrder, "seed \(seed)")
                let presses = Set(events.filter { $0.event == on(0, key).event }.map(\.tick))
                try #require(Set(notes.map(\.startTick)) == presses, "seed \(seed)")
            }
            try #require(try Score(MIDIFile(score: score)) == score, "seed \(seed)")
        }
    }
}
