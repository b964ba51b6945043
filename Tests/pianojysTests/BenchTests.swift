import Foundation
import Testing

struct BenchTests {
    private struct Report: Decodable {
        let batch, positions: Int
        let milliseconds, gflops, peakGflops, share: Double
    }

    /// One sample by all threads, a batch shared out, and with its backward pass: a time, and the work that was done in it.
    @Test(arguments: [["--batch", "1"], ["--batch", "3"], ["--batch", "2", "--train"]])
    func `The encoder is timed`(arguments: [String]) throws {
        let shape = [
            "--positions", "20", "--width", "64", "--layers", "2", "--heads", "2", "--feedforward", "96",
        ]
        let result = try Program.run(["bench", "--runs", "2"] + shape + arguments)
        #expect(result.code == 0, "\(result.error)")
        let report = try JSONDecoder().decode(Report.self, from: Data(result.text.utf8))
        #expect(report.milliseconds > 0 && report.peakGflops > 0 && report.positions == 20)
        // 20 positions of 2 layers; the milliseconds are rounded to hundredths.
        let passes = arguments.contains("--train") ? 3.0 : 1
        let operations = Double(report.batch * 20 * 2 * (8 * 64 * 64 + 4 * 64 * 96 + 4 * 20 * 64)) * passes
        #expect(abs(report.gflops - operations / report.milliseconds / 1e6) < 0.1 * report.gflops + 0.1)
    }

    @Test(arguments: [["--dtype", "f16"], ["--heads", "3"], ["--batch", "0"], ["--width", "40"]])
    func `Shapes that cannot be are refused`(arguments: [String]) throws {
        let result = try Program.run(["bench"] + arguments)
        #expect(result.code == 64 && !result.error.isEmpty)
    }

    /// A line for each stage, each with a time.
    @Test func `The program is timed`() throws {
        struct Stage: Decodable {
            let name: String
            let milliseconds: Double
        }
        let root = URL(fileURLWithPath: #filePath)
            .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent().path
        let folder = try TemporaryFolder()
        let trained = try Program.run([
            "train", "--data", root, "--width", "32", "--layers", "1", "--heads", "1", "--window-steps", "32",
            "--steps", "1", "--batch", "2", "--validation-interval", "1000000", "--threads", "1", "--output",
            folder.path + "/tiny",
        ])
        #expect(trained.code == 0, "\(trained.error)")
        let result = try Program.run([
            "bench", "--product", "--runs", "1", "--data", root, "--model",
            folder.path + "/tiny/model.safetensors",
        ])
        #expect(result.code == 0, "\(result.error)")
        let stages = try result.text.split(separator: "\n").map {
            try JSONDecoder().decode(Stage.self, from: Data($0.utf8))
        }
        #expect(stages.count == 8 && stages.allSatisfy { $0.milliseconds > 0 })
        #expect(stages.contains { $0.name == "compose a window in 8 calls" })
    }
}
