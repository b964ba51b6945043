import MIDIFile
import PianoRoll
import Testing

/// Programs, controllers and bends: whose they are, and that they come back.
@Suite struct ChannelStateTests {
    private typealias Timed = MIDIFile.TimedEvent

    private func event(_ tick: Int, _ channel: UInt8, _ message: MIDIFile.ChannelMessage)
        -> MIDIFile.TimedEvent
    {
        Timed(tick: tick, .channel(channel, message))
    }

    private func note(_ tick: Int, _ channel: UInt8) -> [MIDIFile.TimedEvent] {
        [
            event(tick, channel, .noteOn(key: 60, velocity: 80)),
            event(tick + 5, channel, .noteOff(key: 60, velocity: 0)),
        ]
    }

    private func score(_ tracks: [[MIDIFile.TimedEvent]]) throws -> Score {
        try Score(MIDIFile(division: .ticksPerQuarter(24), tracks: tracks.map { MIDIFile.Track(events: $0) }))
    }

    @Test func eachChannelOfATrackHasItsProgram() throws {
        // Channel 3 has none, and plays the piano; the second program of channel 1 is a change on the way.
        let track =
            [event(0, 1, .programChange(19)), event(0, 2, .programChange(40))] + note(0, 1) + note(10, 2)
            + note(20, 3) + [event(30, 1, .programChange(73))] + note(30, 1)
        let result = try score([[], track])
        #expect(result.tracks == [Score.Track(program: 19, channelPrograms: [2: 40, 3: 0])])
        #expect((1...3).map { result.tracks[0].program(onChannel: $0) } == [19, 40, 0])
        #expect(result.controls == [Score.Control(tick: 30, channel: 1, .program(73))])
        #expect(try Score(MIDIFile(score: result)) == result)
    }

    @Test func aTrackThatSetsEverythingUpSpeaksForTheOthers() throws {
        let setup = [
            event(0, 0, .programChange(19)), event(0, 1, .programChange(40)), event(9, 1, .programChange(41)),
        ]
        // On channel 1 the program in force when the first note comes is the first.
        let result = try score([setup, note(2, 0), note(4, 1), [event(0, 0, .programChange(5))] + note(2, 0)])
        #expect(result.tracks.map(\.program) == [19, 19, 40, 5])
        // A program that comes with notes is those notes' alone.
        let own = try score([[event(0, 0, .programChange(7))] + note(0, 0), note(20, 0)])
        #expect(own.tracks.map(\.program) == [7, nil])
    }

    @Test func controllersAndBendsAreKeptInOrder() throws {
        let result = try score([
            [
                event(0, 0, .controlChange(controller: 7, value: 100)),
                // Banks and channel mode are passed over.
                event(0, 0, .controlChange(controller: 0, value: 1)),
                event(0, 0, .controlChange(controller: 123, value: 0)),
            ] + note(0, 0) + [
                event(6, 0, .controlChange(controller: 64, value: 127)), event(6, 0, .pitchBend(0)),
            ],
            [event(3, 1, .pitchBend(0x3FFF))] + note(4, 1),
        ])
        #expect(
            result.controls == [
                Score.Control(tick: 0, .controller(number: 7, value: 100)),
                Score.Control(tick: 3, track: 1, channel: 1, .pitchBend(0x3FFF)),
                Score.Control(tick: 6, .controller(number: 64, value: 127)),
                Score.Control(tick: 6, .pitchBend(0)),
            ])
        #expect(result.controls.map(\.isPedal) == [false, false, true, false])
        #expect(try Score(MIDIFile(score: result)) == result)
    }

    @Test func controlsWithNoPlaceAreRefused() {
        let note = Note(pitch: 60, startTick: 0, endTick: 9)
        for control in [
            Score.Control(tick: -1, .pitchBend(0)), Score.Control(tick: 10, .pitchBend(0)),
            Score.Control(tick: 0, track: 1, .pitchBend(0)),
            Score.Control(tick: 0, channel: 16, .pitchBend(0)),
            Score.Control(tick: 0, .pitchBend(0x4000)),
            Score.Control(tick: 0, .controller(number: 128, value: 0)),
            Score.Control(tick: 0, .controller(number: 0, value: 128)), Score.Control(tick: 0, .program(128)),
        ] {
            let score = Score(ticksPerQuarter: 24, tracks: [.init()], notes: [note], controls: [control])
            #expect(throws: ScoreError.control(control)) { try MIDIFile(score: score) }
        }
    }

    @Test func aProgramGivenToAVoiceIsThatVoicesAlone() throws {
        var piece = try score([[], note(0, 1) + note(10, 2) + [event(20, 1, .programChange(9))], note(0, 4)])
        piece.setProgram(30, track: 0, channel: 1)
        piece.setProgram(31, track: 1, channel: 4)
        #expect(piece.tracks[0].program(onChannel: 1) == 30 && piece.tracks[0].program(onChannel: 2) != 30)
        #expect(piece.tracks[1] == Score.Track(program: 31))
        #expect(piece.controls.isEmpty)
    }

    @Test func theTracksOfTheFileAreKnown() throws {
        let conductor = MIDIFile.Track(events: [])
        let part = MIDIFile.Track(events: note(0, 0))
        let both = MIDIFile.Track(events: note(0, 0) + note(10, 1))
        func numbers(_ tracks: [MIDIFile.Track], format: MIDIFile.Format = .simultaneousTracks) throws
            -> [Int]
        {
            let file = MIDIFile(format: format, division: .ticksPerQuarter(24), tracks: tracks)
            return try Score(file).tracks.indices.map { file.track(ofScoreTrack: $0) }
        }
        #expect(try numbers([conductor, part, part]) == [1, 2])
        #expect(try numbers([part, part]) == [0, 1])
        #expect(try numbers([both], format: .singleTrack) == [0, 0])
        let pieces = MIDIFile(
            format: .independentTracks, division: .ticksPerQuarter(24), tracks: [part, both])
        #expect(pieces.pieceCount == 2 && pieces.track(ofScoreTrack: 1, piece: 1) == 1)
    }
}
