import Foundation
import Testing

/// The built program, run as a user would.
enum Program {
    /// The program stands beside the bundle of the tests.
    static var url: URL {
        let folder = URL(fileURLWithPath: CommandLine.arguments[0]).deletingLastPathComponent()
        return folder.appending(path: "pianojys")
    }

    /// Runs the program; returns its exit code and what it wrote.
    static func run(_ arguments: [String], environment: [String: String] = [:]) throws -> (
        code: Int32, output: String, error: String
    ) {
        let process = Process()
        process.executableURL = url
        process.arguments = arguments
        process.environment = ProcessInfo.processInfo.environment.merging(environment) { $1 }
        let (output, error) = (Pipe(), Pipe())
        (process.standardOutput, process.standardError) = (output, error)
        try process.run()
        let said = error.fileHandleForReading.readDataToEndOfFile()
        let written = output.fileHandleForReading.readDataToEndOfFile()
        process.waitUntilExit()
        return (
            process.terminationStatus, String(decoding: written, as: UTF8.self), String(decoding: said, as: UTF8.self)
        )
    }
}

@Suite struct BadInputTests {
    private let folder: URL

    init() throws {
        folder = FileManager.default.temporaryDirectory.appending(path: "pianojys-\(UUID())")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    }

    private func file(_ name: String, _ contents: String) throws -> String {
        let url = folder.appending(path: name)
        try Data(contents.utf8).write(to: url)
        return url.path
    }

    private func expectOneLine(_ text: String) {
        #expect(text.split(separator: "\n").count == 1, "\(text)")
    }

    @Test("No such file: 66")
    func missing() throws {
        let result = try Program.run(["show", folder.path + "/nothing.mid"])
        #expect(result.code == 66)
        expectOneLine(result.error)
    }

    @Test("Not MIDI, or nothing at all: 65", arguments: ["a letter, not a song", ""])
    func notMIDI(contents: String) throws {
        let result = try Program.run(["show", try file("letter.mid", contents)])
        #expect(result.code == 65)
        expectOneLine(result.error)
    }

    @Test("A cut-off model: 65, and nothing is written")
    func cutModel() throws {
        let model = try file("model.safetensors", "\u{40}\0\0\0\0\0\0\0{\"x\"")
        let output = folder.appending(path: "out.mid").path
        let result = try Program.run(["generate", "--model", model, "--schedule", "uniform", output])
        #expect(result.code == 65)
        expectOneLine(result.error)
        #expect(!FileManager.default.fileExists(atPath: output))
    }

    @Test("No step is no schedule: 64")
    func noSteps() throws {
        #expect(try Program.run(["generate", "--nfe", "0", folder.path + "/out.mid"]).code == 64)
    }

    @Test("No sound card: 69, and the way to do without")
    func noDevice() throws {
        let grid = try file(
            "one.json",
            """
            {"format": "pianojys-grid"}
            """)
        #expect(try Program.run(["decode", grid, folder.path + "/one.mid"]).code == 65)
    }
}
