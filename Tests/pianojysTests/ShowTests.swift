import Foundation
import MIDIFile
import PianoRoll
import Testing

/// What `show` tells of files, and what it refuses.
@Suite(.serialized)
struct ShowTests {
    let folder: TemporaryFolder

    init() throws { folder = try TemporaryFolder() }

    private struct Listed: Decodable, Equatable {
        let track, channel, pitch, velocity, startTick, endTick: Int
        let startSeconds, endSeconds: Double
    }

    private func notes(_ arguments: String...) throws -> [Listed] {
        let result = try Program.run(["show", "--notes", "--json"] + arguments)
        #expect(result.code == 0, "\(result.error)")
        return try JSONDecoder().decode([Listed].self, from: result.output)
    }

    private func track(_ key: UInt8, channel: UInt8 = 0, tempo: Int? = nil) -> MIDIFile.Track {
        let tempos = tempo.map {
            [MIDIFile.TimedEvent(tick: 0, .meta(.tempo(microsecondsPerQuarter: $0)))]
        }
        return MIDIFile.Track(
            events: (tempos ?? []) + [
                .init(tick: 24, .channel(channel, .noteOn(key: key, velocity: 70))),
                .init(tick: 96, .channel(channel, .noteOff(key: key, velocity: 0))),
            ])
    }

    @Test func `Notes are listed by the tracks of the file`() throws {
        let conductor = MIDIFile.Track(events: [
            .init(tick: 48, .meta(.tempo(microsecondsPerQuarter: 1_000_000)))
        ])
        let file = MIDIFile(
            division: .ticksPerQuarter(24), tracks: [conductor, track(60), track(62, channel: 3)])
        let path = try folder.file("a.mid", file.encoded())
        // A quarter at 120 a minute, one more, and then two at 60.
        let expected = [(1, 0, 60), (2, 3, 62)].map {
            Listed(
                track: $0, channel: $1, pitch: $2, velocity: 70, startTick: 24, endTick: 96,
                startSeconds: 0.5,
                endSeconds: 3)
        }
        #expect(try notes(path) == expected)
    }

    @Test func `Seconds of time code are exact, and ticks those of the file`() throws {
        let file = MIDIFile(
            format: .singleTrack, division: .timecode(.video25, ticksPerFrame: 40),
            tracks: [track(60, tempo: 300_000)])
        let listed = try notes(folder.file("a.mid", file.encoded()))
        #expect(listed.map { [$0.startTick, $0.endTick] } == [[24, 96]])
        #expect(listed.map { [$0.startSeconds, $0.endSeconds] } == [[0.024, 0.096]])
    }

    @Test func `Pieces of format 2 are listed together and chosen one by one`() throws {
        let file = MIDIFile(
            format: .independentTracks, division: .ticksPerQuarter(24),
            tracks: [track(60), track(62, tempo: 1_000_000)])
        let path = try folder.file("two.mid", file.encoded())
        #expect(try notes(path).map { [Double($0.track), $0.startSeconds] } == [[0, 0.5], [1, 1]])
        #expect(try notes("--piece", "2", path).map(\.pitch) == [62])
        for (piece, pitch) in [("1", 60), ("2", 62)] {
            let json = "\(folder.path)/\(piece).json"
            #expect(try Program.run(["encode", "--piece", piece, path, json]).code == 0)
            let grid = try GridDocument(json: [UInt8](Data(contentsOf: URL(fileURLWithPath: json)))).grid
            #expect(grid.notes.map { Int($0.pitch) } == [pitch])
        }
        for (arguments, code, words) in [
            ([path], 65, "--piece 1 to 2"), (["--piece", "3", path], 65, "no piece 3"),
            (["--piece", "0", path], 64, "counted from 1"),
        ] as [([String], Int32, String)] {
            let result = try Program.run(["show"] + arguments)
            #expect(result.code == code && result.error.contains(words), "\(result.error)")
        }
    }

    /// Triplets are told with the roll and with the list of notes, which both have them where the grid has.
    @Test func `Triplets are told`() throws {
        let notes = (0..<6).map { Note(pitch: 60, startTick: 160 * $0, endTick: 160 * ($0 + 1)) }
        let score = Score(ticksPerQuarter: 480, tracks: [.init()], notes: notes)
        let path = try folder.file("a.mid", MIDIFile(score: score).encoded())
        for arguments in [[], ["--notes"], ["--json"]] {
            let result = try Program.run(["show"] + arguments + [path])
            #expect(result.error.contains("4 of them are triplets"), "\(arguments): \(result.error)")
            let fine = try Program.run(["show", "--steps-per-quarter", "12"] + arguments + [path])
            #expect(fine.code == 0 && fine.error.isEmpty, "\(arguments): \(fine.error)")
        }
    }

    @Test func `What was written is told`() throws {
        let file = MIDIFile(division: .ticksPerQuarter(24), tracks: [track(60)])
        let midi = try folder.file("a.mid", file.encoded())
        let (json, again) = ("\(folder.path)/a.json", "\(folder.path)/b.mid")
        for (arguments, output) in [(["encode", midi, json], json), (["decode", json, again], again)] {
            #expect(try Program.run(arguments).text == output + "\n")
            #expect(try Program.run(arguments + ["--quiet"]).output.isEmpty)
        }
        #expect(try Program.run(["encode", midi, "-"]).text.hasSuffix("}\n"))
        let decoded = try Program.run(["decode", "-v", json, "-"])
        #expect(try decoded.output == Data(contentsOf: URL(fileURLWithPath: again)))
        #expect(decoded.error.contains("source: \(midi)"), "\(decoded.error)")
        #expect(try Program.run(["decode", json, again]).error.isEmpty)
    }

    @Test func `Options that would do nothing are refused`() throws {
        let file = MIDIFile(division: .ticksPerQuarter(24), tracks: [track(60)])
        let midi = try folder.file("a.mid", file.encoded())
        let json = "\(folder.path)/a.json"
        #expect(try Program.run(["encode", "--quiet", midi, json]).code == 0)
        for arguments in [
            ["--lanes", "2"], ["--encoding", "onset"], ["--steps-per-quarter", "4"],
            ["--voices", "proximity"],
            ["--align", "pad"], ["--drums"], ["--piece", "1"],
        ] {
            let result = try Program.run(["show"] + arguments + [json])
            #expect(result.code == 64 && result.error.contains(arguments[0]), "\(result.error)")
            #expect(try Program.run(["show"] + arguments + [midi]).code == 0)
        }
        #expect(try Program.run(["show", "--notes", "--json", "--lanes", "2", midi]).code == 64)
    }

    @Test func `Faults of voice leading are listed`() throws {
        let notes = [(67, 0), (60, 0), (69, 1), (62, 1), (71, 2), (60, 2)].map { pitch, beat in
            Note(pitch: UInt8(pitch), velocity: 80, startTick: 480 * beat, endTick: 480 * (beat + 1))
        }
        let score = Score(ticksPerQuarter: 480, tracks: [.init()], notes: notes)
        let midi = try folder.file("a.mid", MIDIFile(score: score).encoded())
        let found = try Program.run(["show", "--faults", midi])
        #expect(
            found.code == 0 && found.text == "1\t2.0\t12\tparallel fifths\n", "\(found.text)\(found.error)")
        #expect(try Program.run(["show", "--faults", "--notes", midi]).code == 64)
        #expect(try Program.run(["show", "--faults", "--ascii", midi]).code == 64)
    }

    @Test func `Help on a command that there is not is refused`() throws {
        for (arguments, words) in [
            (["help", "compose"], "'compose'; there are generate, "),
            (["help", "corpus", "make"], "'make'; there are build, inspect"),
        ] {
            let result = try Program.run(arguments)
            #expect(result.code == 64 && result.error.contains(words), "\(result.error)")
        }
        #expect(try Program.run(["help"]).code == 0)
    }

    @Test func `What a grid cannot hold is kept beside it`() throws {
        let notes = [100, 60].enumerated().map {
            Note(pitch: 60, velocity: $1, startTick: 480 * $0, endTick: 480 * ($0 + 1))
        }
        let score = Score(
            ticksPerQuarter: 480, tracks: [.init(name: "Oboe", program: 68)], notes: notes,
            tempos: [.init(tick: 0, microsecondsPerQuarter: 700_000)],
            keys: [.init(tick: 0, fifths: 2, isMinor: false)])
        let midi = try folder.file("a.mid", MIDIFile(score: score).encoded())
        let (json, again) = ("\(folder.path)/a.json", "\(folder.path)/b.mid")
        #expect(try Program.run(["encode", midi, json]).code == 0)
        #expect(try Program.run(["decode", json, again]).code == 0)
        let read = try Score(MIDIFile(decoding: [UInt8](Data(contentsOf: URL(fileURLWithPath: again)))))
        #expect(read.notes == score.notes && read.tempos == score.tempos && read.keys == score.keys)
        #expect(read.tracks == score.tracks)
        #expect(try Program.run(["decode", "--tempo", "60", "--instrument", "40", json, again]).code == 0)
        let other = try Score(MIDIFile(decoding: [UInt8](Data(contentsOf: URL(fileURLWithPath: again)))))
        #expect(other.tempos.map(\.microsecondsPerQuarter) == [1_000_000] && other.tracks[0].program == 40)
    }
}
