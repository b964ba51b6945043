import MIDIFile
import Testing

/// Files as they are met, and what is made of them.
@Suite struct LeniencyTests {
    struct Case: CustomTestStringConvertible, Sendable {
        var testDescription: String
        var bytes: [UInt8]
        var kinds: [MIDIDecodingWarning.Kind]
        /// The events of each track that must come out.
        var tracks: [[MIDIFile.TimedEvent]]

        init(
            _ name: String, _ bytes: [UInt8], _ kinds: [MIDIDecodingWarning.Kind],
            _ tracks: [[MIDIFile.TimedEvent]]
        ) {
            (testDescription, self.bytes, self.kinds, self.tracks) = (name, bytes, kinds, tracks)
        }
    }

    /// Program 7 on channel 0, at delta 0: an event that is easy to find again.
    static let mark: [UInt8] = [0x00, 0xC0, 0x07]
    static let marked = MIDIFile.TimedEvent(tick: 0, .channel(0, .programChange(7)))
    static let track = trackChunk(mark + endOfTrack)
    static func on(_ tick: Int, _ key: UInt8, _ velocity: UInt8) -> MIDIFile.TimedEvent {
        MIDIFile.TimedEvent(tick: tick, .channel(0, .noteOn(key: key, velocity: velocity)))
    }
    static func text(_ bytes: [UInt8]) -> MIDIFile.TimedEvent {
        MIDIFile.TimedEvent(tick: 0, .meta(.text(.text, bytes)))
    }

    static let eventCases = [
        Case(
            "running status after a meta event",
            midiBytes([
                trackChunk([0, 0x90, 60, 64, 0, 0xFF, 1, 0, 5, 62, 64, 5, 64, 64] + endOfTrack)
            ]), [.runningStatusAfterMeta], [[on(0, 60, 64), text([]), on(5, 62, 64), on(10, 64, 64)]]),
        Case(
            "running status after an empty system exclusive message",
            midiBytes([trackChunk([0, 0x90, 60, 64, 0, 0xF0, 0, 5, 62, 64] + endOfTrack)]),
            [.runningStatusAfterMeta],
            [[on(0, 60, 64), MIDIFile.TimedEvent(tick: 0, .systemExclusive([])), on(5, 62, 64)]]),
        Case(
            "data bytes above 127, told once",
            midiBytes([trackChunk([0, 0x90, 200, 64, 0, 61, 255] + endOfTrack)]),
            [.dataAbove127], [[on(0, 127, 64), on(0, 61, 127)]]),
        Case(
            "data before any status", midiBytes([trackChunk([0, 60, 64, 0xC0, 0x07] + endOfTrack)]),
            [.dataWithoutStatus], [[marked]]),
        Case(
            "a clock and a song position in the file",
            midiBytes([trackChunk([0, 0xF8, 3, 0xF2, 1, 2] + mark + endOfTrack)]), [.systemMessage],
            [[MIDIFile.TimedEvent(tick: 3, .channel(0, .programChange(7)))]]),
        Case(
            "a delta of five bytes",
            midiBytes([trackChunk([0x80, 0x80, 0x80, 0x80, 0x05, 0xC0, 7] + endOfTrack)]),
            [.longQuantity], [[MIDIFile.TimedEvent(tick: 5, .channel(0, .programChange(7)))]]),
        Case(
            "a tempo of two bytes", midiBytes([trackChunk([0, 0xFF, 0x51, 2, 1, 2] + mark + endOfTrack)]),
            [.metaLength], [[MIDIFile.TimedEvent(tick: 0, .meta(.other(type: 0x51, [1, 2]))), marked]]),
        Case(
            "an end of track with a length", midiBytes([trackChunk(mark + [0, 0xFF, 0x2F, 1, 9])]),
            [.metaLength],
            [[marked]]),
        Case(
            "no end of track", midiBytes([trackChunk(mark), track]), [.missingEndOfTrack],
            [[marked], [marked]]),
        Case(
            "cut off within an event", midiBytes([trackChunk(mark + [0, 0x90, 60])]), [.cutOff], [[marked]]),
        Case(
            "a text longer than the file",
            midiBytes([trackChunk(mark + [0, 0xFF, 1, 0xFF, 0xFF, 0xFF, 0x7F, 65])]),
            [.cutOff, .missingEndOfTrack], [[marked, text([65])]]),
    ]

    static let chunkCases = [
        Case(
            "an unknown chunk", midiBytes(trackCount: 1, [Array("XFIH".utf8) + [0, 0, 0, 2, 1, 2], track]),
            [.unknownChunk], [[marked]]),
        Case(
            "a length too short", midiBytes([trackChunk(mark + endOfTrack, length: 2), track]),
            [.chunkLength], [[marked], [marked]]),
        Case(
            "a length of 0", midiBytes([trackChunk(mark + endOfTrack, length: 0), track]), [.chunkLength],
            [[marked], [marked]]),
        Case(
            "a length too long", midiBytes([trackChunk(mark + endOfTrack, length: 9), track]), [.chunkLength],
            [[marked], [marked]]),
        Case(
            "a length beyond the file", midiBytes([trackChunk(mark + endOfTrack, length: .max), track]),
            [.chunkLength], [[marked], [marked]]),
        Case(
            "padding after the end of a track",
            midiBytes([trackChunk(mark + endOfTrack + [0, 0, 0]), track]),
            [.strayBytes], [[marked], [marked]]),
        Case(
            "bytes between the chunks", midiBytes(trackCount: 2, [track, [1, 2, 3], track]), [.strayBytes],
            [[marked], [marked]]),
        Case(
            "bytes after the last track", midiBytes(trackCount: 1, [track, [0, 0]]), [.strayBytes], [[marked]]
        ),
        Case(
            "more tracks counted than there are", midiBytes(trackCount: 9, [track]), [.trackCount], [[marked]]
        ),
        Case(
            "format 0 with two tracks", midiBytes(format: 0, [track, track]), [.severalTracksInFormat0],
            [[marked], [marked]]),
        Case("format 7", midiBytes(format: 7, [track]), [.unknownFormat], [[marked]]),
        Case(
            "128 bytes of a Macintosh before the header",
            [UInt8](repeating: 0, count: 128) + midiBytes([track]),
            [.strayBytes], [[marked]]),
        Case(
            "a key signature whose mode is none",
            midiBytes([trackChunk([0, 0xFF, 0x59, 2, 0xFF, 0xFF] + mark + endOfTrack)]), [.metaLength],
            [[MIDIFile.TimedEvent(tick: 0, .meta(.other(type: 0x59, [0xFF, 0xFF]))), marked]]),
        Case(
            "a longer header",
            Array("MThd".utf8) + [0, 0, 0, 8, 0, 1, 0, 1, 0, 96, 1, 2] + track, [], [[marked]]),
    ]

    @Test(arguments: eventCases + chunkCases)
    func readOn(_ example: Case) throws {
        var warnings: [MIDIDecodingWarning] = []
        let file = try MIDIFile(decoding: example.bytes, warnings: &warnings)
        #expect(file.tracks.map(\.events) == example.tracks)
        #expect(warnings.map(\.kind) == example.kinds)
        for warning in warnings {
            #expect(example.bytes.indices.contains(warning.offset) || warning.offset == example.bytes.count)
            #expect(!warning.description.contains("\n"))
        }
        // What was made of it is a good file, but for what was kept as bytes.
        var none: [MIDIDecodingWarning] = []
        #expect(try MIDIFile(decoding: file.encoded(), warnings: &none) == file)
        #expect(none.isEmpty || example.kinds == [.metaLength])
    }

    @Test func aKindIsToldOnceWithItsCountAndFirstPlace() throws {
        let bytes = midiBytes([trackChunk([0, 0x90, 60, 200, 0, 60, 201, 0, 60, 202] + endOfTrack)])
        var warnings: [MIDIDecodingWarning] = []
        _ = try MIDIFile(decoding: bytes, warnings: &warnings)
        #expect(warnings == [MIDIDecodingWarning(kind: .dataAbove127, offset: 25, count: 3)])
        #expect(bytes[25] == 200)
    }
}
