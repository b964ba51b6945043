import Foundation
import MIDIFile
import PianoRoll
import Testing

@Suite(.serialized)
struct BadInputTests {
    let folder: TemporaryFolder
    let data: String

    init() throws {
        folder = try TemporaryFolder()
        data = try folder.dataFolder()
    }

    private func expect(
        _ code: Int32, _ words: String, _ arguments: [String], environment: [String: String] = [:],
        at location: SourceLocation = #_sourceLocation
    ) throws {
        let before = folder.names
        let result = try Program.run(arguments, environment: environment)
        #expect(result.code == code, "\(arguments): \(result.error)", sourceLocation: location)
        #expect(result.errorLines.count == 1, "\(result.error)", sourceLocation: location)
        #expect(result.error.contains(words), "\(result.error)", sourceLocation: location)
        #expect(result.output.isEmpty, sourceLocation: location)
        #expect(folder.names == before, "something was left", sourceLocation: location)
    }

    private func generate(_ arguments: String...) -> [String] {
        ["generate", "--schedule", "uniform", "--data", data] + arguments
    }

    @Test func `Input that is not there`() throws {
        for command in ["show", "play"] {
            try expect(66, "No such file", [command, "\(folder.path)/none.mid"])
        }
        try expect(66, "No such file", ["render", "\(folder.path)/none.mid", "\(folder.path)/a.wav"])
        try expect(66, "No such file", ["encode", "\(folder.path)/none.mid", "\(folder.path)/a.json"])
        try expect(
            66, "No such file", generate("--keep", "soprano", "--from", "none.mid", "\(folder.path)/a.mid"))
        try expect(66, "no model 'none'", generate("--model", "none", "\(folder.path)/a.mid"))
        try expect(
            64, "no schedule 'unifrom': neither a name (jys, uniform or cosine)",
            ["generate", "--data", data, "--schedule", "unifrom", "\(folder.path)/a.mid"])
        try expect(
            66, "no schedule 'none.json'",
            ["generate", "--data", data, "--schedule", "none.json", "\(folder.path)/a.mid"])
        try expect(
            66, "folder without model.safetensors", generate("--model", folder.path, "\(folder.path)/a.mid"))
    }

    @Test func `Commands that there are not`() throws {
        try expect(64, "there is no command 'generte'; there are generate, play", ["generte", "a.mid"])
        try expect(64, "there is no command 'none'; there are build, inspect", ["help", "corpus", "none"])
    }

    @Test func `What is read is not written over`() throws {
        let source = folder.path + "/a.mid"
        #expect(try Program.run(generate("--bars", "1", source)).code == 0)
        let link = folder.path + "/b.mid"
        try FileManager.default.createSymbolicLink(atPath: link, withDestinationPath: source)
        for path in [source, link] {
            try expect(
                64, "give what is composed another name", generate("--keep", "1", "--from", source, path))
            try expect(64, "another name", generate("--prompt", path, "--prompt-bars", "1", source))
        }
    }

    @Test func `Pieces are moved as far as MIDI goes`() throws {
        let tune = Score(
            ticksPerQuarter: 480, tracks: [.init()],
            notes: (0..<4).map {
                Note(pitch: UInt8(64 + $0), startTick: 480 * $0, endTick: 480 * ($0 + 1))
            })
        let source = try folder.file("a.mid", MIDIFile(score: tune).encoded())
        let result = folder.path + "/b.mid"
        let keep = ["--keep", "soprano", "--from", source, result]
        try expect(64, "outside of MIDI's range", ["generate", "--data", data, "--transpose", "100"] + keep)
        try expect(64, "not in -127...127", ["generate", "--data", data, "--transpose", "128"] + keep)
        try expect(64, "goes with --prompt or --from", generate("--transpose", "2", result))
        let moved = try Program.run(generate("--transpose", "-2") + keep)
        #expect(moved.code == 0, "\(moved.error)")
        let file = try MIDIFile(decoding: Array(Data(contentsOf: URL(fileURLWithPath: result))))
        #expect(try Score(file).notes.filter { $0.track == 0 }.map(\.pitch) == [62, 63, 64, 65])
    }

    @Test func `Input that is no music`() throws {
        let text = try folder.file("text.mid", "hello".utf8)
        let empty = try folder.file("empty.mid")
        let json = try folder.file("broken.json", "{\"format\": 3}".utf8)
        try expect(65, "does not begin with MThd", ["show", text])
        try expect(65, "it is empty", ["render", empty, "\(folder.path)/a.wav"])
        try expect(65, "text.mid", generate("--prompt", text, "\(folder.path)/a.mid"))
        try expect(65, "broken.json", ["decode", json, "\(folder.path)/a.mid"])
    }

    @Test func `A model that is cut off`() throws {
        let whole = try Data(
            contentsOf: URL(fileURLWithPath: data + "/Data/models/chorale/model.safetensors"))
        for length in [0, 5, 500, whole.count / 2, whole.count - 1] {
            let model = try folder.file("cut.safetensors", whole.prefix(length))
            try expect(65, "cut.safetensors", generate("--model", model, "\(folder.path)/a.mid"))
        }
    }

    @Test(arguments: [
        ["--nfe", "0"], ["--nfe=-3"], ["--bars", "0"], ["--temperature=-1"], ["--top-p", "0"],
        ["--sampler", "none"],
        ["--threads", "0"], ["--precision", "f8"], ["--tempo", "0"], ["--count", "0"],
        ["--instrument", "128"],
        ["--keep", "soprano"], ["--from", "x.mid"],
    ])
    func `Numbers out of range`(options: [String]) throws {
        let name = try #require(options[0].split(separator: "=").first)
        let words = name == "--temperature" ? "temperature" : name == "--top-p" ? "top-p" : String(name)
        try expect(64, words, generate() + options + ["\(folder.path)/a.mid"])
    }

    @Test func `Endings that say nothing`() throws {
        try expect(64, "end the name in", generate("\(folder.path)/a.xyz"))
        try expect(64, "end the name in", generate("\(folder.path)/a"))
    }

    @Test func `Output that cannot be written`() throws {
        try expect(73, "there is no folder", generate("\(folder.path)/none/a.mid"))
        try FileManager.default.createDirectory(
            atPath: folder.path + "/b.mid", withIntermediateDirectories: true)
        try expect(73, "it is a folder", generate("\(folder.path)/b.mid"))
        // Nobody, root included, may make files there.
        try expect(73, "cannot create /proc/a.mid", generate("/proc/a.mid"))
    }

    @Test func `A full disk leaves nothing behind`() throws {
        try expect(74, "No space left", generate("/dev/full"))
        var status = stat()
        #expect(stat("/dev/full", &status) == 0 && status.st_mode & S_IFMT == S_IFCHR)
    }

    @Test func `A file that may not grow leaves nothing behind`() throws {
        let midi = folder.path + "/a.mid"
        #expect(try Program.run(generate("--bars", "64", midi)).code == 0)
        let before = folder.names
        for (arguments, kilobytes) in [
            (["render", midi, folder.path + "/a.wav"], 100), (["render", midi, folder.path + "/a.ogg"], 20),
            (generate("--bars", "64", folder.path + "/b.svg"), 4),
        ] {
            let result = try Program.run(arguments, kilobytesAllowed: kilobytes)
            #expect(result.code == 74, "\(result.error)")
            #expect(result.errorLines.count { $0.hasPrefix("pianojys: cannot write") } == 1)
            #expect(folder.names == before)
        }
    }

    @Test func `Results that cannot be written are no success`() throws {
        let midi = folder.path + "/a.mid"
        #expect(try Program.run(generate(midi)).code == 0)
        for arguments in [["show", midi], ["show", "--json", midi], ["models", "--data", data]] {
            let result = try Program.run(arguments, output: "/dev/full")
            #expect(result.code == 74, "\(arguments): \(result.error)")
        }
    }

    @Test func `Notes that a grid cannot hold are told`() throws {
        let notes = [60, 64, 67].map { Note(pitch: $0, startTick: 0, endTick: 480) }
        let score = Score(ticksPerQuarter: 480, tracks: [.init()], notes: notes)
        let midi = try folder.file("chord.mid", MIDIFile(score: score).encoded())
        let result = try Program.run(["show", "--lanes", "1", midi])
        #expect(result.code == 0)
        #expect(result.error.contains("2 left out"), "\(result.error)")
    }

    @Test func `No sound card and no sound font`() throws {
        let midi = folder.path + "/a.mid"
        #expect(try Program.run(generate(midi)).code == 0)
        let empty = try folder.file("asound.conf")
        try expect(69, "pianojys render", ["play", midi], environment: ["ALSA_CONFIG_PATH": empty])
        try expect(
            69, "sound font", ["render", midi, "\(folder.path)/a.wav"],
            environment: ["PIANOJYS_SOUNDFONT": "\(folder.path)/none.sf2"])
    }

    @Test func `Usage is told by ArgumentParser`() throws {
        let result = try Program.run(["generate", "--frobnicate", "a.mid"])
        #expect(result.code == 64)
        #expect(result.error.contains("--frobnicate"))
    }
}
