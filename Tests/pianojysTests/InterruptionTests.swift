import Foundation
import MIDIFile
import PianoRoll
import Testing

/// Ctrl-C and SIGTERM: the program ends soon, says so in one line, and leaves no half of a file.
@Suite(.serialized)
struct InterruptionTests {
    let folder: TemporaryFolder
    let data: String

    init() throws {
        folder = try TemporaryFolder()
        data = try folder.dataFolder()
    }

    @Test(arguments: [SIGINT, SIGTERM])
    func `Composing is given up`(signal: Int32) throws {
        let result = try Program.run(
            [
                "generate", "--schedule", "uniform", "--nfe", "1000", "--count", "64", "--data", data,
                folder.path + "/{n}.mid",
            ], signal: signal, after: 0.5)
        #expect(result.code == 130)
        #expect(result.errorLines == ["pianojys: interrupted"])
        #expect(folder.names == ["data"])
    }

    @Test func `Waiting for input ends at once`() throws {
        #expect(mkfifo(folder.path + "/pipe", 0o600) == 0)
        let result = try Program.run(
            ["render", folder.path + "/pipe", folder.path + "/a.wav"], signal: SIGTERM, after: 0.3)
        #expect(result.code == SIGTERM)
        #expect(folder.names == ["data", "pipe"])
    }

    @Test func `Rendering leaves no file`() throws {
        let note = Note(pitch: 60, startTick: 0, endTick: 480 * 2 * 3_600 * 5)
        let score = Score(ticksPerQuarter: 480, tracks: [.init()], notes: [note])
        let midi = try folder.file("long.mid", MIDIFile(score: score).encoded())
        for options in [[], ["--normalize"]] {
            let result = try Program.run(
                ["render", midi, folder.path + "/long.wav"] + options, signal: SIGINT, after: 0.5)
            #expect(result.code == 130)
            #expect(result.errorLines == ["pianojys: interrupted"])
            #expect(folder.names == ["data", "long.mid"])
        }
    }

    @Test func `Training saves first, and goes on from there`() throws {
        let corpus = folder.path + "/tunes.corpus"
        let score = Score(
            ticksPerQuarter: 4, tracks: [.init()],
            notes: (0..<64).map { Note(pitch: UInt8(60 + $0 % 7), startTick: 2 * $0, endTick: 2 * $0 + 2) })
        try FileManager.default.createDirectory(
            atPath: folder.path + "/midi", withIntermediateDirectories: true)
        _ = try folder.file("midi/a.mid", MIDIFile(score: score).encoded())
        let build = ["corpus", "build", folder.path + "/midi", "--held-out", "0", "--output", corpus]
        #expect(try Program.run(build).code == 0)
        let output = folder.path + "/model"
        let train = [
            "train", "--corpus", corpus, "--output", output, "--steps", "1000000", "--batch", "1",
            "--threads", "1",
            "--width", "32", "--heads", "1", "--layers", "1", "--window-steps", "16",
        ]
        let stopped = try Program.run(train, signal: SIGINT, after: 0.5)
        #expect(stopped.code == 130)
        #expect(stopped.error.contains("--resume"))
        let files = try FileManager.default.contentsOfDirectory(atPath: output).sorted()
        #expect(files == ["checkpoint.safetensors", "log.csv", "model.safetensors"])
        let again = try Program.run(train)
        #expect(again.code == 64 && again.error.contains("--resume"))
        let other = try Program.run(train + ["--resume", "--rate", "0.5"])
        #expect(other.code == 64 && other.error.contains("--steps, --decay-steps and --threads"))
        let resumed = try Program.run(train + ["--resume"], signal: SIGTERM, after: 0.5)
        #expect(resumed.code == 130)
        let steps = try [stopped, resumed].map { result -> Int in
            let words = result.error.split { !$0.isNumber }.compactMap { Int($0) }
            return try #require(words.last)
        }
        #expect(0 < steps[0] && steps[0] < steps[1])

        // Its weights are where another run begins, of the same shape.
        let model = output + "/model.safetensors"
        let tuned = folder.path + "/tuned"
        func tune(_ options: String...) throws -> Program.Result {
            try Program.run(
                ["train", "--corpus", corpus, "--initial", model, "--steps", "2", "--batch", "1", "--output"]
                    + [tuned] + options)
        }
        let otherShape = try tune("--width", "64")
        #expect(otherShape.code == 64 && otherShape.error.contains("--initial"))
        #expect(!FileManager.default.fileExists(atPath: tuned))
        // Not even where an option says what is usual and the model is something else.
        let usualShape = try tune("--width", "256")
        #expect(usualShape.code == 64 && usualShape.error.contains("--initial"))
        #expect(try tune().code == 0)
        let list = try Program.run(["models", tuned + "/model.safetensors"])
        #expect(list.code == 0 && list.text.contains("tuned"), "\(list.error)")
        let both = try tune("--resume")
        #expect(both.code == 64 && both.error.contains("--initial"))
        let further = try Program.run(
            ["train", "--corpus", corpus, "--resume", "--steps", "3", "--width", "32", "--output", tuned])
        #expect(further.code == 0, "\(further.error)")

        // Its tokens may mean something else; a range that is none is refused.
        let crossed = try tune("--lowest-pitch", "100", "--output", folder.path + "/crossed")
        #expect(crossed.code == 64 && crossed.error.contains("100 to 84"), "\(crossed.error)")
        let sustained = try Program.run(
            [
                "train", "--corpus", corpus, "--initial", model, "--encoding", "sustain", "--no-edges",
                "--steps", "1",
            ]
                + ["--batch", "1", "--output", folder.path + "/sustained"])
        #expect(sustained.code == 0, "\(sustained.error)")
        let described = try Program.run(["models", folder.path + "/sustained/model.safetensors"])
        #expect(described.text.contains("sustain encoding"), "\(described.text)")
    }
}
