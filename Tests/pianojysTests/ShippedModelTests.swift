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

    @Test func `Costs that are measured on too little are said to be`() throws {
        let folder = try TemporaryFolder()
        func optimize(_ samples: String) throws -> Program.Result {
            try Program.run([
                "optimize", "--data", root.path, "--samples", samples, "--grid-size", "8", "--max-nfe", "4",
                "--output", folder.path + "/a.json",
            ])
        }
        let words = /known to within \d+ % only: try --samples (\d+)/
        let few = try optimize("2")
        #expect(few.code == 0, "\(few.error)")
        let wanted = try #require(try words.firstMatch(in: few.error), "\(few.error)")
        #expect(try #require(Int(wanted.1)) > 2)
        #expect(try words.firstMatch(in: optimize("64").error) == nil)
    }

    @Test func `Every model has schedules of 1 to 64 steps, made from it`() throws {
        for name in try names(in: "Data/models").filter({ !$0.hasSuffix(".md") }) {
            let folder = "Schedules/\(name)"
            #expect(try names(in: folder).contains("generate-tweedie.json"))
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
