import Foundation
import MIDIFile
import PianoRoll
import Testing

/// Options of sound that are heard, and those that are refused.
@Suite(.serialized)
struct RenderTests {
    let folder: TemporaryFolder
    let midi: String

    init() throws {
        folder = try TemporaryFolder()
        let notes = (0..<2).flatMap { track in
            (0..<8).map {
                Note(
                    pitch: UInt8(60 + 7 * track), channel: UInt8(track), track: track, startTick: 240 * $0,
                    endTick: 240 * ($0 + 1))
            }
        }
        let score = Score(ticksPerQuarter: 480, tracks: [.init(), .init()], notes: notes)
        midi = try folder.file("a.mid", MIDIFile(score: score).encoded())
    }

    private func render(_ arguments: String...) throws -> Data {
        let path = folder.path + "/a.wav"
        let result = try Program.run(["render", "--rate", "8000"] + arguments + [midi, path])
        #expect(result.code == 0, "\(result.error)")
        return try Data(contentsOf: URL(fileURLWithPath: path))
    }

    @Test func `Instruments go by number and by name`() throws {
        let piano = try render()
        #expect(try render("--instrument", "0") == piano)
        let organ = try render("--instrument", "church organ")
        #expect(organ != piano)
        #expect(try render("--instrument", "19") == organ)
        #expect(try render("--instrument", "19,19") == organ)
        #expect(try render("--instrument", "19,flute") != organ)
        for (list, words) in [
            ("1,2,3", "names 3 programs"), ("kazoo", "none of that name"), ("organ", "16 Drawbar Organ"),
            ("128", "0 to 127"), ("", "none of that name"),
        ] {
            let result = try Program.run(["render", "--instrument", list, midi, folder.path + "/b.wav"])
            #expect(result.code == 64 && result.error.contains(words), "\(list): \(result.error)")
        }
        #expect(folder.names == ["a.mid", "a.wav"])
    }

    @Test func `Effects, tail and shaping are heard`() throws {
        let full = try render()
        let dry = try render("--dry")
        #expect(try render("--no-reverb", "--no-chorus") == dry)
        #expect(try render("--no-reverb") != full)
        // Two seconds at 8000 frames of four bytes, and nothing after them.
        #expect(try render("--tail", "0").count < 2 * 8_000 * 4 + 1_000)
        #expect(full.count > 2 * 8_000 * 4 + 4_000)
        let shaped = try render("--humanize")
        #expect(shaped != full)
        #expect(try render("--humanize", "--humanize-seed", "1") == shaped)
        #expect(try render("--humanize", "--humanize-seed", "2") != shaped)
        #expect(try Program.run(["render", "--tail", "61", midi, folder.path + "/b.wav"]).code == 64)
    }

    @Test func `Clipping is told once, with a gain that helps`() throws {
        let files = ["a.wav", "b.ogg"].map { "\(folder.path)/\($0)" }
        let loud = try Program.run(["render", "--rate", "8000", "--gain", "10", midi] + files)
        #expect(loud.code == 0 && loud.errorLines.count == 1, "\(loud.error)")
        let words = try #require(
            try /(\d+) samples are clipped: try --gain ([0-9.]+) or --normalize/.firstMatch(in: loud.error))
        for option in [["--gain", String(words.2)], ["--gain", "10", "--normalize"]] {
            let result = try Program.run(["render", "--rate", "8000"] + option + [midi, files[0]])
            #expect(result.code == 0 && result.error.isEmpty, "\(result.error)")
        }
    }

    @Test func `Sound for a pipe leaves no file behind`() throws {
        let temporary = folder.path + "/tmp"
        try FileManager.default.createDirectory(atPath: temporary, withIntermediateDirectories: true)
        let link = folder.path + "/pipe.wav"
        try FileManager.default.createSymbolicLink(atPath: link, withDestinationPath: "/dev/null")
        let result = try Program.run(["render", midi, link], environment: ["TMPDIR": temporary])
        #expect(result.code == 0, "\(result.error)")
        #expect(try FileManager.default.contentsOfDirectory(atPath: temporary).isEmpty)
        let none = try Program.run(["render", midi, link], environment: ["TMPDIR": temporary + "/none"])
        #expect(none.code == 73 && none.errorLines.count == 1, "\(none.error)")
    }

    @Test func `Standard output gets a WAV file and nothing else`() throws {
        let piped = try Program.run(["render", "--rate", "8000", midi, "-"])
        let file = try render()
        #expect(piped.code == 0 && piped.output == file, "\(piped.error)")
        let twice = try Program.run(["render", midi, "-", "-"])
        #expect(twice.code == 64 && twice.output.isEmpty, "\(twice.error)")
        // A device needs no ending either.
        let device = try Program.run(["render", "--rate", "8000", midi, "/dev/null"])
        #expect(device.code == 0 && device.text.isEmpty, "\(device.error)")
    }

    /// What made a piece is said in its sound too: all texts of the file, of which the seed need not be the first.
    @Test func `Sound says what made it`() throws {
        let note = Note(pitch: 60, startTick: 0, endTick: 480)
        let score = Score(
            ticksPerQuarter: 480, tracks: [.init()], notes: [note],
            texts: ["pianojys piano roll", "pianojys generate: seed 7"])
        let named = try folder.file("named.mid", MIDIFile(score: score).encoded())
        let path = folder.path + "/named.flac"
        #expect(try Program.run(["render", named, path]).code == 0)
        let bytes = String(decoding: try Data(contentsOf: URL(fileURLWithPath: path)), as: UTF8.self)
        #expect(bytes.contains("pianojys piano roll; pianojys generate: seed 7"))
    }
}
