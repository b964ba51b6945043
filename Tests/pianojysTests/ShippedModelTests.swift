import Composition
import Foundation
import JumpYourSteps
import Testing

/// What lies in `Data/models` and `Schedules`: it is read by this very code.
struct ShippedModelTests {
    private let root = URL(fileURLWithPath: #filePath)
        .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()

    private func names(in folder: String) throws -> [String] {
        try FileManager.default.contentsOfDirectory(atPath: root.appending(path: folder).path).sorted()
    }

    @Test func `Every model is read, and goes by its folder's name`() throws {
        let models = try names(in: "Data/models").filter { !$0.hasSuffix(".md") }
        #expect(models.contains("chorale"))
        for name in models {
            let folder = root.appending(path: "Data/models/\(name)")
            let model = try GridModel(path: folder.appending(path: "model.safetensors").path)
            #expect(model.name == name)
            for file in ["README.md", "log.csv"] {
                #expect(FileManager.default.fileExists(atPath: folder.appending(path: file).path), "\(file)")
            }
        }
    }

    @Test(arguments: [("tweedie", "2"), ("dispersed", "4")])
    func `Costs that are measured on too little are said to be`(sampler: String, tooFew: String) throws {
        let folder = try TemporaryFolder()
        func optimize(_ samples: String) throws -> Program.Result {
            try Program.run([
                "optimize", "--data", root.path, "--sampler", sampler, "--samples", samples, "--seed", "2",
                "--grid-size",
                "8", "--max-nfe", "4",
                "--output", folder.path + "/a.json",
            ])
        }
        let words = /known to within \d+ % only: try --samples (\d+)/
        let few = try optimize(tooFew)
        #expect(few.code == 0, "\(few.error)")
        let wanted = try #require(try words.firstMatch(in: few.error), "\(few.error)")
        #expect(try #require(Int(wanted.1)) > #require(Int(tooFew)))
        #expect(try words.firstMatch(in: optimize("128").error) == nil)
    }

    @Test func `Each model is measured on the corpus of as many voices`() throws {
        func evaluate(_ options: String...) throws -> Program.Result {
            try Program.run(["evaluate", "--data", root.path] + options)
        }
        let melody = try evaluate("--model", "melody", "--bound", "--levels", "1", "--split", "valid")
        #expect(melody.code == 0 && melody.text.contains("nats per frame"), "\(melody.error)")
        let mixed = try evaluate("--bound", "--nfe", "4")
        #expect(mixed.code == 64 && mixed.error.contains("not with --nfe"), "\(mixed.error)")
        #expect(try evaluate("--levels", "64").code == 64)
        for options in [
            ["--orders", "2"], ["--bound", "--orders", "0"], ["--bound", "--orders", "2", "--chronological"],
            ["--bound", "--orders", "2", "--levels", "8"], ["--bound", "--calls", "2"],
            ["--bound", "--orders", "2", "--calls", "0"], ["--bound", "--orders", "2", "--model", "melody"],
        ] {
            let refused = try Program.run(["evaluate", "--data", root.path] + options)
            #expect(refused.code == 64 && refused.text.isEmpty, "\(options): \(refused.error)")
        }
    }

    @Test(arguments: [
        (["--levels", "1"], ["levels"]),
        (["--orders", "2", "--calls", "2"], ["calls", "cellwise", "mixture", "orders"]),
        (["--chronological", "--calls", "2"], ["calls", "chronological"]),
    ])
    func `The bound as JSON has the same keys at its top whatever it is measured along`(
        options: [String], own: [String]
    ) throws {
        let answer = try Program.run(
            ["evaluate", "--data", root.path, "--bound", "--split", "valid", "--json"] + options)
        let json = try #require(try JSONSerialization.jsonObject(with: answer.output) as? [String: Any])
        let common = [
            "corpus", "frames", "interval", "model", "natsPerCell", "natsPerFrame", "pieces", "split",
            "transpositions",
        ]
        #expect(Set(json.keys) == Set(common + own))
    }

    @Test func `A model that began with a shipped one takes its schedules until it has its own`() throws {
        let folder = try TemporaryFolder()
        let own = folder.path + "/own"
        let trained = try Program.run([
            "train", "--data", root.path, "--initial", "chorale", "--steps", "1", "--batch", "1", "--threads",
            "1",
            "--validation-interval", "1000000", "--output", own,
        ])
        #expect(trained.code == 0, "\(trained.error)")
        let made = try Program.run([
            "generate", "--data", root.path, "--model", own + "/model.safetensors", "--bars", "1", "--nfe",
            "2",
            folder.path + "/a.mid",
        ])
        #expect(
            made.code == 0 && made.error.contains("that of chorale, with which own began"), "\(made.error)")
        #expect(made.error.contains("avoiding fifths,octaves"))
        let model = ["--data", root.path, "--model", own + "/model.safetensors"]
        #expect(try Program.run(["models", own]).text.contains("schedules: those of chorale"))

        // Where its own are not of so many steps, or of another task, they serve still.
        let found = try Program.run(
            ["optimize"] + model + ["--samples", "4", "--grid-size", "4", "--max-nfe", "2", "--quiet"])
        #expect(found.code == 0, "\(found.error)")
        for (options, isOwn) in [
            (["--nfe", "2", "--bars", "1"], true), (["--nfe", "3", "--bars", "1"], false),
            (["--nfe", "2", "--keep", "soprano", "--from", folder.path + "/a.mid"], false),
        ] {
            let again = try Program.run(
                ["generate"] + model + options + [folder.path + "/b.mid"])
            #expect(again.code == 0, "\(again.error)")
            #expect(again.error.contains("that of chorale") != isOwn, "\(options): \(again.error)")
        }
    }

    @Test func `Every model has schedules of 1 to 64 steps, made from it`() throws {
        for name in try names(in: "Data/models").filter({ !$0.hasSuffix(".md") }) {
            let folder = "Schedules/\(name)"
            // For the sampler that is taken unless another is named.
            let path = root.appending(path: "Data/models/\(name)/model.safetensors").path
            let sampler = try GridModel(path: path).process.hasMask ? "dispersed" : "tweedie"
            #expect(try names(in: folder).contains("generate-\(sampler).json"))
            for file in try names(in: folder).filter({ $0.hasSuffix(".json") }) {
                let data = try Data(contentsOf: root.appending(path: "\(folder)/\(file)"))
                let schedules = try ScheduleFile(json: data, named: file, model: name)
                #expect(schedules.schedules.map(\.nfe) == Array(1...64))
                #expect(file == "\(schedules.task)-\(schedules.sampler).json")
                #expect(schedules.schedules.allSatisfy { $0.cost <= $0.uniformCost + 1e-9 })
            }
        }
    }
}
