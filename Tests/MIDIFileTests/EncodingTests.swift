import MIDIFile
import Testing

@Suite struct EncodingTests {
    private typealias Timed = MIDIFile.TimedEvent

    private func encoding(
        _ events: [MIDIFile.TimedEvent], endTick: Int? = nil, format: MIDIFile.Format = .simultaneousTracks
    ) throws -> [UInt8] {
        let track = MIDIFile.Track(events: events, endTick: endTick)
        return try MIDIFile(format: format, division: .ticksPerQuarter(96), tracks: [track]).encoded()
    }

    @Test func everyStatusByteIsWritten() throws {
        let bytes = try encoding(
            [
                Timed(tick: 0, .channel(1, .noteOn(key: 60, velocity: 64))),
                Timed(tick: 200, .channel(1, .noteOn(key: 60, velocity: 0))),
            ], endTick: 201)
        #expect(
            bytes
                == midiBytes([
                    trackChunk([
                        0x00, 0x91, 60, 64,
                        0x81, 0x48, 0x91, 60, 0,  // 200 ticks later
                        0x01, 0xFF, 0x2F, 0x00,
                    ])
                ]))
    }

    @Test func whatHasNoPlaceIsRefused() {
        let mark = MIDIFile.Event.channel(0, .programChange(1))
        #expect(throws: MIDIEncodingError.order(track: 0, tick: 4)) {
            try encoding([Timed(tick: 5, mark), Timed(tick: 4, mark)], endTick: 9)
        }
        #expect(throws: MIDIEncodingError.order(track: 0, tick: 5)) {
            try encoding([Timed(tick: 5, mark)], endTick: 4)
        }
        #expect(throws: MIDIEncodingError.order(track: 0, tick: -1)) { try encoding([Timed(tick: -1, mark)]) }
        #expect(throws: MIDIEncodingError.tooLong(track: 0, tick: 1 << 28)) {
            try encoding([Timed(tick: 1 << 28, mark)])
        }
        let values: [MIDIFile.Event] = [
            .channel(16, .programChange(1)), .channel(0, .noteOn(key: 128, velocity: 1)),
            .channel(0, .noteOff(key: 1, velocity: 128)), .channel(0, .pitchBend(0x4000)),
            .meta(.tempo(microsecondsPerQuarter: 1 << 24)), .meta(.tempo(microsecondsPerQuarter: -1)),
            .meta(.other(type: 0x2F, [])),
        ]
        for event in values {
            #expect(throws: MIDIEncodingError.valueOutOfRange(track: 0, tick: 3, event)) {
                try encoding([Timed(tick: 3, event)])
            }
        }
    }

    @Test func headersThatCannotBe() {
        let track = MIDIFile.Track(events: [])
        for ticks in [0, -1, 0x8000] {
            #expect(throws: MIDIEncodingError.division(ticks)) {
                try MIDIFile(division: .ticksPerQuarter(ticks), tracks: [track]).encoded()
            }
        }
        #expect(throws: MIDIEncodingError.division(256)) {
            try MIDIFile(division: .timecode(.film24, ticksPerFrame: 256), tracks: [track]).encoded()
        }
        for count in [0, 2] {
            #expect(throws: MIDIEncodingError.trackCount(count, .singleTrack)) {
                try MIDIFile(
                    format: .singleTrack, division: .ticksPerQuarter(1),
                    tracks: Array(repeating: track, count: count)
                ).encoded()
            }
        }
        #expect(throws: MIDIEncodingError.trackCount(65_536, .simultaneousTracks)) {
            try MIDIFile(division: .ticksPerQuarter(1), tracks: Array(repeating: track, count: 65_536))
                .encoded()
        }
    }
}
