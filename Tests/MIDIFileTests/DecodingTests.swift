import MIDIFile
import Testing

@Suite struct DecodingTests {
    private typealias Timed = MIDIFile.TimedEvent

    /// The example of format 0 at the end of the specification (RP-001, appendix).
    @Test func specificationExample() throws {
        let bytes = midiBytes(
            format: 0,
            [
                trackChunk([
                    0x00, 0xFF, 0x58, 0x04, 0x04, 0x02, 0x18, 0x08,  // meter 4/4
                    0x00, 0xFF, 0x51, 0x03, 0x07, 0xA1, 0x20,  // tempo 500,000
                    0x00, 0xC0, 0x05,  // program 5 on channel 0
                    0x00, 0xC1, 0x2E,  // program 46 on channel 1
                    0x00, 0xC2, 0x46,  // program 70 on channel 2
                    0x00, 0x92, 0x30, 0x60,  // C3 on channel 2
                    0x00, 0x3C, 0x60,  // C4, running status
                    0x60, 0x91, 0x43, 0x40,  // G4 on channel 1, 96 ticks later
                    0x60, 0x90, 0x4C, 0x20,  // E5 on channel 0
                    0x81, 0x40, 0x82, 0x30, 0x40,  // 192 ticks later (two bytes) C3 off
                    0x00, 0x3C, 0x40,  // C4 off, running status
                    0x00, 0x81, 0x43, 0x40,  // G4 off
                    0x00, 0x80, 0x4C, 0x40,  // E5 off
                    0x00, 0xFF, 0x2F, 0x00,  // end of track
                ])
            ])
        var warnings: [MIDIDecodingWarning] = []
        let file = try MIDIFile(decoding: bytes, warnings: &warnings)
        #expect(warnings.isEmpty)
        #expect(file.format == .singleTrack)
        #expect(file.division == .ticksPerQuarter(96))
        let expected = MIDIFile.Track(
            events: [
                Timed(
                    tick: 0,
                    .meta(
                        .meter(
                            numerator: 4, denominatorPower: 2, clocksPerClick: 24, thirtySecondsPerQuarter: 8)
                    )),
                Timed(tick: 0, .meta(.tempo(microsecondsPerQuarter: 500_000))),
                Timed(tick: 0, .channel(0, .programChange(5))),
                Timed(tick: 0, .channel(1, .programChange(46))),
                Timed(tick: 0, .channel(2, .programChange(70))),
                Timed(tick: 0, .channel(2, .noteOn(key: 48, velocity: 96))),
                Timed(tick: 0, .channel(2, .noteOn(key: 60, velocity: 96))),
                Timed(tick: 96, .channel(1, .noteOn(key: 67, velocity: 64))),
                Timed(tick: 192, .channel(0, .noteOn(key: 76, velocity: 32))),
                Timed(tick: 384, .channel(2, .noteOff(key: 48, velocity: 64))),
                Timed(tick: 384, .channel(2, .noteOff(key: 60, velocity: 64))),
                Timed(tick: 384, .channel(1, .noteOff(key: 67, velocity: 64))),
                Timed(tick: 384, .channel(0, .noteOff(key: 76, velocity: 64))),
            ], endTick: 384)
        #expect(file.tracks == [expected])
        #expect(try MIDIFile(decoding: file.encoded()) == file)
    }

    @Test(
        arguments: [
            ([0x00], 0), ([0x7F], 127), ([0x81, 0x00], 128), ([0xFF, 0x7F], 16_383),
            ([0x81, 0x80, 0x00], 16_384),
            ([0xFF, 0xFF, 0x7F], 2_097_151), ([0x81, 0x80, 0x80, 0x00], 2_097_152),
            ([0xFF, 0xFF, 0xFF, 0x7F], 268_435_455),
        ] as [([UInt8], Int)])
    func quantities(bytes: [UInt8], value: Int) throws {
        let data = midiBytes(format: 0, [trackChunk(bytes + [0xC0, 0x07] + bytes + [0xFF, 0x2F, 0x00])])
        let file = try MIDIFile(decoding: data)
        #expect(file.tracks[0].events == [Timed(tick: value, .channel(0, .programChange(7)))])
        #expect(file.tracks[0].endTick == 2 * value)
        #expect(try file.encoded() == data)
    }

    @Test(
        arguments: [
            ([0xE8, 40], .film24, 40), ([0xE7, 40], .video25, 40), ([0xE3, 80], .dropFrame30, 80),
            ([0xE2, 255], .video30, 255),
        ] as [([UInt8], MIDIFile.FrameRate, Int)])
    func timecode(division: [UInt8], rate: MIDIFile.FrameRate, ticks: Int) throws {
        let bytes = midiBytes(format: 0, division: division, [trackChunk(endOfTrack)])
        let file = try MIDIFile(decoding: bytes)
        #expect(file.division == .timecode(rate, ticksPerFrame: ticks))
        #expect(try file.encoded() == bytes)
    }

    @Test func wrappedInRIFF() throws {
        let inner = midiBytes(format: 0, [trackChunk([0x00, 0xC0, 0x07] + endOfTrack)])
        // A chunk of odd length before the data, filled up to an even one.
        let info: [UInt8] = Array("DISP".utf8) + [3, 0, 0, 0, 1, 2, 3, 0]
        let data = Array("data".utf8) + [UInt8(inner.count), 0, 0, 0] + inner
        let bytes = Array("RIFF".utf8) + [100, 0, 0, 0] + Array("RMID".utf8) + info + data
        var warnings: [MIDIDecodingWarning] = []
        #expect(try MIDIFile(decoding: bytes + [1, 2, 3], warnings: &warnings) == MIDIFile(decoding: inner))
        #expect(warnings.isEmpty)
        #expect(throws: MIDIDecodingError.noDataInRIFF) { try MIDIFile(decoding: Array(bytes.prefix(30))) }
    }

    @Test(
        arguments: [
            ([], .empty),
            (Array("Dear Sir,".utf8), .notMIDI),
            (Array("MT".utf8), .headerCutOff(length: 2)),
            (Array("MX".utf8), .notMIDI),
            (Array("MThd".utf8) + [0, 0, 0, 6, 0, 1], .headerCutOff(length: 10)),
            (Array("MThd".utf8) + [0, 0, 0, 5, 0, 1, 0, 1, 0, 96], .headerTooShort(length: 5)),
            (Array("MThd".utf8) + [0, 0, 0, 6, 0, 1, 0, 1, 0, 0], .unknownDivision(0)),
            (Array("MThd".utf8) + [0, 0, 0, 6, 0, 1, 0, 1, 0xE6, 4], .unknownDivision(0xE604)),
            (Array("MThd".utf8) + [0, 0, 0, 6, 0, 1, 0, 1, 0xE7, 0], .unknownDivision(0xE700)),
            (Array("MThd".utf8) + [0, 0, 0, 6, 0, 1, 0, 1, 0, 96], .noTracks),
        ] as [([UInt8], MIDIDecodingError)])
    func refusals(bytes: [UInt8], error: MIDIDecodingError) {
        #expect(throws: error) { try MIDIFile(decoding: bytes) }
        #expect(!error.description.contains("\n"))
    }
}
