import Foundation
import Testing

/// The examples of `docs/cli.md`, run as they stand there, and the manual page.
@Suite(.serialized)
struct ManualTests {
    private let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent()

    /// Runs a line of the shell with the program in the path and the repository's models; what it wrote, with its code.
    private func run(_ line: String, in folder: String) throws -> (code: Int32, text: String) {
        let process = Process()
        process.executableURL = URL(fileURLWithPath: "/bin/bash")
        process.arguments = ["-o", "pipefail", "-c", line + " </dev/null >.out 2>&1"]
        if line.contains("|") {
            process.arguments = ["-o", "pipefail", "-c", "{ \(line); } </dev/null >.out 2>&1"]
        }
        process.currentDirectoryURL = URL(fileURLWithPath: folder)
        let programs = (Program.path as NSString).deletingLastPathComponent
        let path = ProcessInfo.processInfo.environment["PATH"] ?? "/usr/bin:/bin"
        process.environment = ProcessInfo.processInfo.environment.merging([
            "PATH": "\(programs):\(path)", "PIANOJYS_DATA": root.path,
        ]) { $1 }
        try process.run()
        process.waitUntilExit()
        return (process.terminationStatus, try String(contentsOfFile: folder + "/.out", encoding: .utf8))
    }

    @Test(.timeLimit(.minutes(5))) func `The examples of the manual work`() throws {
        let text = try String(contentsOf: root.appending(path: "docs/cli.md"), encoding: .utf8)
        let blocks = text.components(separatedBy: "```sh\n").dropFirst().compactMap {
            $0.components(separatedBy: "\n```").first
        }
        let lines = blocks.flatMap { $0.split(separator: "\n").map(String.init) }
        #expect(lines.count > 20)
        let folder = try TemporaryFolder()
        for line in lines {
            let result = try run(line, in: folder.path)
            #expect(result.code == 0, "\(line): \(result.text)")
        }
        #expect(Set(["piece.svg", "take-3.mid", "shaped.flac", "mine.corpus"]).isSubset(of: folder.names))
    }

    @Test func `The manual page holds every command`() throws {
        let folder = try TemporaryFolder()
        let result = try run("\(root.path)/docs/man.sh \(Program.path)", in: folder.path)
        #expect(result.code == 0, "\(result.text)")
        #expect(result.text.hasPrefix(".TH PIANOJYS 1"))
        for command in ["", " generate", " corpus build", " models", " bench"] {
            #expect(result.text.contains(".SH \"pianojys\(command)\"\n"), "\(command)")
        }
        // What troff would take for its own stands escaped.
        let own = [".TH", ".SH", ".nf", ".fi"]
        for line in result.text.split(separator: "\n") where line.hasPrefix(".") || line.hasPrefix("'") {
            #expect(own.contains { line.hasPrefix($0) }, "\(line)")
        }
    }
}
