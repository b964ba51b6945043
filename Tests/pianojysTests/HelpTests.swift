import Foundation
import Testing

/// The help texts, which are part of what users meet: a change of one is a change of its golden in `Help/`.
///
/// `make help-texts` writes the goldens anew.
struct HelpTests {
    @Test(arguments: [
        "generate", "play", "render", "show", "encode", "decode", "compare", "optimize", "evaluate",
        "reproduce", "train", "corpus", "corpus build", "corpus inspect", "models", "bench",
    ])
    func `The help of a command is its golden`(command: String) throws {
        let help = try Program.run(
            ["help"] + command.split(separator: " ").map(String.init), environment: ["COLUMNS": "80"])
        #expect(help.code == 0)
        let name = command.replacing(" ", with: "-") + ".txt"
        let golden = URL(fileURLWithPath: #filePath).deletingLastPathComponent().appending(
            path: "Help/\(name)")
        #expect(try help.text == String(contentsOf: golden, encoding: .utf8))
    }

    @Test func `The program's help names every command`() throws {
        let help = try Program.run(["--help"], environment: ["COLUMNS": "80"])
        let goldens = URL(fileURLWithPath: #filePath).deletingLastPathComponent().appending(path: "Help")
        let names = try FileManager.default.contentsOfDirectory(atPath: goldens.path).compactMap {
            $0.split(separator: ".").first?.split(separator: "-").first
        }
        #expect(names.count >= 11)
        for name in Set(names) { #expect(help.text.contains("\n  \(name) "), "\(name)") }
    }
}
