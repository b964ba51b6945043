import Foundation
import JumpYourSteps
import Testing

/// A model of uniform noise, through the commands: trained, optimised for, composing, measured.
@Suite(.serialized)
struct UniformNoiseTests {
    let folder: TemporaryFolder
    private let root = URL(fileURLWithPath: #filePath)
        .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent().path

    init() throws { folder = try TemporaryFolder() }

    private func run(_ arguments: String...) throws -> Program.Result {
        try Program.run(arguments + ["--data", root])
    }

    @Test func `It goes the way that models of absorbing noise go`() throws {
        let run1 = folder.path + "/tiny"
        let model = run1 + "/model.safetensors"
        let trained = try run(
            "train", "--corpus", "melodies", "--noise", "uniform", "--encoding", "sustain", "--lowest-pitch",
            "0", "--highest-pitch", "127", "--window-steps",
            "32", "--width", "32", "--layers", "1", "--heads", "1", "--steps", "3", "--batch", "2",
            "--validation-interval", "1000000", "--threads", "1", "--output", run1)
        #expect(trained.code == 0, "\(trained.error)")

        // Its schedules lie beside it, and say what noise they are for and what they were measured on.
        for (freezing, paths) in [("posterior", "model"), ("rates", "data")] {
            let found = try run(
                "optimize", "--model", model, "--corpus", "melodies", "--task", "continue", "--samples", "2",
                "--grid-size", "8", "--max-nfe", "4", "--freezing", freezing, "--paths", paths, "--json")
            #expect(found.code == 0, "\(found.error)")
            let file = run1 + "/schedules/continue-tweedie.json"
            #expect(found.text.contains(file))
            let schedules = try ScheduleFile(
                json: Data(contentsOf: URL(fileURLWithPath: file)), named: file, model: "tiny",
                process: "uniform")
            #expect(schedules.schedules.map(\.nfe) == [1, 2, 3, 4])
            #expect(
                schedules.method == "dp, frozen \(freezing)" + (paths == "model" ? ", model paths" : ""))
        }

        let take = folder.path + "/a.mid"
        let composed = try run(
            "generate", "--model", model, "--nfe", "4", "--schedule", "uniform", "--bars", "2", take)
        #expect(composed.code == 0, "\(composed.error)")
        #expect(try Program.run(["show", "-v", take]).error.contains("uniform"))

        let golden = try run(
            "optimize", "--model", model, "--corpus", "melodies", "--samples", "2", "--max-nfe", "4",
            "--method", "golden")
        #expect(golden.code == 0, "\(golden.error)")
        let file = run1 + "/schedules/generate-tweedie-golden.json"
        let schedules = try ScheduleFile(json: Data(contentsOf: URL(fileURLWithPath: file)), named: file)
        #expect(schedules.schedules.map(\.nfe) == [1, 2, 4])
        #expect(schedules.method == "golden, frozen rates")

        let refused = try run(
            "optimize", "--model", model, "--corpus", "melodies", "--method", "golden", "--paths", "model")
        #expect(refused.code == 64 && refused.error.contains("--paths model"))
        let masked = try run(
            "generate", "--model", model, "--sampler", "dispersed", folder.path + "/a.mid")
        #expect(
            masked.code == 64 && masked.error.contains("--sampler dispersed: uniform noise has no mask"),
            "\(masked.error)")
    }

    @Test func `Experiments say what they need`() throws {
        func refusal(_ arguments: String...) throws -> (code: Int32, error: String) {
            let result = try Program.run(
                ["reproduce"] + arguments + ["--data", root, "--output", folder.path + "/results"])
            #expect(
                (try? FileManager.default.contentsOfDirectory(atPath: folder.path + "/results")) ?? [] == [])
            return (result.code, result.error)
        }
        let trial = try Program.run(["reproduce", "countdown", "--count", "16", "--data", root])
        #expect(trial.code == 64 && trial.error.contains("--output"))
        var (code, error) = try refusal("text")
        #expect(code == 64 && error.contains("--text FILE"))
        (code, error) = try refusal("image", "--text", "a.txt")
        #expect(code == 64 && error.contains("--text is for"))
        (code, error) = try refusal("text", "--text", folder.path + "/none.txt")
        #expect(code == 66 && error.contains("none.txt"))
        (code, error) = try refusal("text", "--text", try folder.file("short.txt", "A short book.".utf8))
        #expect(code == 65 && error.contains("short.txt: 13 letters and signs"))
        (code, error) = try refusal("piano", "--model", "chorale")
        #expect(code == 65 && error.contains("absorbing noise"))
        (code, error) = try refusal("chorale", "--corpus", "melodies")
        #expect(code == 65 && error.contains("1 voice;"))
        (code, error) = try refusal("countdown", "--count", "3")
        #expect(code == 64 && error.contains("16...1000000"))
    }
}
