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

    @Test(arguments: [
        ["--dtype", "f16"], ["--heads", "3"], ["--batch", "0"], ["--width", "40"], ["--calls", "8"],
        ["--scaling", "--calls", "0"],
    ])
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
        let folder = try TemporaryFolder()
        let (root, model) = try tinyModel(in: folder)
        let result = try Program.run([
            "bench", "--product", "--runs", "1", "--data", root, "--model", model,
        ])
        #expect(result.code == 0, "\(result.error)")
        let stages = try result.text.split(separator: "\n").map {
            try JSONDecoder().decode(Stage.self, from: Data($0.utf8))
        }
        #expect(stages.count == 8 && stages.allSatisfy { $0.milliseconds > 0 })
        #expect(stages.contains { $0.name == "compose a window in 8 calls" })
    }

    /// A line for each number of calls and of pieces, with the memory, and a picture.
    @Test func `Growth is timed and drawn`() throws {
        struct Point: Decodable {
            let nfe, pieces: Int
            let milliseconds: Double
            let residentMiB: Double?
        }
        let folder = try TemporaryFolder()
        let (root, model) = try tinyModel(in: folder)
        let picture = folder.path + "/scaling.svg"
        let result = try Program.run([
            "bench", "--scaling", "--calls", "5", "--pieces", "70", "--runs", "1", "--data", root, "--model",
            model, "--plot", picture,
        ])
        #expect(result.code == 0, "\(result.error)")
        let points = try result.text.split(separator: "\n").map {
            try JSONDecoder().decode(Point.self, from: Data($0.utf8))
        }
        #expect(points.map(\.nfe) == [1, 2, 4, 8, 8, 8, 8])
        #expect(points.suffix(4).map(\.pieces) == [1, 4, 16, 64])
        #expect(points.allSatisfy { $0.milliseconds > 0 && $0.residentMiB ?? 0 > 1 })
        let drawn = try String(contentsOfFile: picture, encoding: .utf8)
        #expect(drawn.hasPrefix("<svg") && drawn.contains("Time, up to 64 pieces"))
    }

    private func tinyModel(in folder: TemporaryFolder) throws -> (data: String, model: String) {
        let root = URL(fileURLWithPath: #filePath)
            .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent().path
        let trained = try Program.run([
            "train", "--data", root, "--width", "32", "--layers", "1", "--heads", "1", "--window-steps", "32",
            "--steps", "1", "--batch", "2", "--validation-interval", "1000000", "--threads", "1", "--output",
            folder.path + "/tiny",
        ])
        #expect(trained.code == 0, "\(trained.error)")
        let model = folder.path + "/tiny/model.safetensors"
        // Bach's chorales have few parallels, and cross their voices now and then.
        #expect(try Program.run(["models", model]).text.contains("rare faults: fifths,octaves,leaps ("))
        return (root, model)
    }
}
