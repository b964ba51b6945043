import MIDIFile
import TestSupport
import Testing

@Suite struct FuzzTests {
    /// Whatever the bytes, reading returns or throws, and keeps no more than a few values a byte.
    private func read(_ bytes: [UInt8]) throws {
        var warnings: [MIDIDecodingWarning] = []
        guard let file = try? MIDIFile(decoding: bytes, warnings: &warnings) else { return }
        var payload = 0
        for track in file.tracks {
            for timed in track.events {
                switch timed.event {
                case .systemExclusive(let data), .escape(let data), .meta(.text(_, let data)),
                    .meta(.sequencerSpecific(let data)), .meta(.other(_, let data)):
                    payload += data.count + 1
                default:
                    payload += 1
                }
            }
        }
        try #require(payload <= bytes.count)
        try #require(warnings.count <= MIDIDecodingWarning.Kind.allCases.count)
        // What was read can be written and read again, unless a gap is too long to be written.
        if let written = try? file.encoded() {
            let again = try MIDIFile(decoding: written)
            try #require(again == file)
        }
    }

    @Test func randomBytesAfterAHeader() throws {
        for seed in UInt64(0)..<60_000 {
            var generator = SeededGenerator(seed: seed)
            var bytes: [UInt8] = Array("MThd".utf8) + [0, 0, 0, 6, 0, 1, 0, 1, 1, 0xE0] + Array("MTrk".utf8)
            bytes += [0, 0, 0, UInt8.random(in: 0...80, using: &generator)]
            for _ in 0..<Int.random(in: 0...80, using: &generator) {
                bytes.append(UInt8.random(in: 0...255, using: &generator))
            }
            if seed % 4 == 0 { bytes.shuffle(using: &generator) }
            do { try read(bytes) } catch { Issue.record("seed \(seed): \(error)") }
        }
    }

    @Test func mutationsOfAGoodFile() throws {
        let good = try richFile.encoded()
        let tags = ["MTrk", "MThd", "RIFF", "RMID", "data", "\u{7F}\u{7F}\u{7F}\u{7F}"].map { Array($0.utf8) }
        for seed in UInt64(0)..<140_000 {
            var generator = SeededGenerator(seed: seed)
            var bytes = good
            for _ in 0..<Int.random(in: 1...6, using: &generator) {
                let place = Int.random(in: 0..<max(1, bytes.count), using: &generator)
                guard place < bytes.count else { break }
                switch Int.random(in: 0..<6, using: &generator) {
                case 0: bytes[place] = UInt8.random(in: 0...255, using: &generator)
                case 1: bytes[place] ^= 1 << UInt8.random(in: 0...7, using: &generator)
                case 2: bytes.remove(at: place)
                case 3: bytes.insert([0, 0x7F, 0x80, 0xFF].randomElement(using: &generator) ?? 0, at: place)
                case 4: bytes.insert(contentsOf: tags.randomElement(using: &generator) ?? [], at: place)
                default: bytes.removeLast(min(bytes.count, Int.random(in: 1...20, using: &generator)))
                }
            }
            do { try read(bytes) } catch { Issue.record("seed \(seed): \(error)") }
        }
    }

    /// A file with an event of every kind.
    private var richFile: MIDIFile {
        typealias Timed = MIDIFile.TimedEvent
        let conductor = MIDIFile.Track(
            events: [
                Timed(tick: 0, .meta(.text(.trackName, Array("song".utf8)))),
                Timed(
                    tick: 0,
                    .meta(
                        .meter(
                            numerator: 3, denominatorPower: 2, clocksPerClick: 24, thirtySecondsPerQuarter: 8)
                    )),
                Timed(tick: 0, .meta(.tempo(microsecondsPerQuarter: 500_000))),
                Timed(tick: 200, .meta(.key(fifths: -3, isMinor: true))),
                Timed(tick: 300, .meta(.sequencerSpecific([1, 2, 3]))),
                Timed(tick: 300, .meta(.other(type: 0x60, [9]))),
            ], endTick: 20_000)
        let part = MIDIFile.Track(
            events: [
                Timed(tick: 0, .channel(3, .programChange(5))),
                Timed(tick: 0, .systemExclusive([0x7E, 0x7F, 9, 1, 0xF7])),
                Timed(tick: 10, .channel(3, .noteOn(key: 60, velocity: 80))),
                Timed(tick: 20, .channel(3, .pitchBend(0x2001))),
                Timed(tick: 20, .channel(3, .controlChange(controller: 64, value: 127))),
                Timed(tick: 300, .channel(3, .noteOff(key: 60, velocity: 0))),
                Timed(tick: 300, .escape([0xF8])),
            ], endTick: 300)
        return MIDIFile(division: .ticksPerQuarter(480), tracks: [conductor, part])
    }

    /// A hundred thousand tracks whose claimed ends lie, now early, now late, in a stretch without a track: searching it anew for
    /// each would take minutes.
    @Test(.timeLimit(.minutes(1)))
    func manyWrongLengthsAreReadInOnePass() throws {
        let (count, tail) = (100_000, 1_000_000)
        let track = 12
        let chunks = (0..<count).map { index in
            let place = count * track + (index % 2 == 0 ? 10 : tail - 10)
            return trackChunk(endOfTrack, length: UInt32(place - index * track - 8))
        }
        let bytes = midiBytes(trackCount: 255, chunks + [[UInt8](repeating: 0, count: tail)])
        let file = try MIDIFile(decoding: bytes)
        #expect(file.tracks.count == count)
    }
}
