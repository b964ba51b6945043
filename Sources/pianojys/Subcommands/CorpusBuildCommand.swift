import ArgumentParser
import Corpus
import Foundation
import PianoRoll

/// `pianojys corpus build`: a folder of MIDI files becomes one corpus file.
struct CorpusBuildCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "build",
        abstract: "Builds a corpus from a folder of MIDI files.",
        discussion: """
            Every file that ends in .mid or .midi, in subfolders too, becomes a piece. Pieces that are variants of one \
            tune or stand in one file share a group, and a group goes to one split. Of a piece that comes twice, or in another key, the first \
            is taken. What was left out, and why, is told at the end; -v tells what was changed in the other pieces too.

            A file manifest.json in the folder (or --manifest) can give names, splits and groups:
              {"name": "hymns", "lanes": 4,
               "pieces": [{"file": "a/1.mid", "name": "hymn 1", "split": "test", "group": "old 100th"}]}

            EXAMPLES
              pianojys corpus build ~/midi --lanes 4 --output my-corpus/
              pianojys corpus build ~/tunes --output tunes.corpus --steps-per-quarter 12
              pianojys corpus build ~/midi --encoding sustain --held-out 5 --output big.corpus --json
            """)

    @Argument(help: "The folder with the MIDI files.")
    var folder: String

    @Option(name: .shortAndLong, help: "The corpus file to write; a folder gets NAME.corpus.")
    var output: String

    @Option(help: "What the corpus is called. (default: as in the manifest, or the folder's name)")
    var name: String?

    @OptionGroup(title: "Grid")
    var grid: GridOptions

    @Option(help: "Shortest piece, in steps.")
    var minimumSteps = 16

    @Option(
        help: "Per cent of the groups that go to each of valid and test where the manifest gives no split.")
    var heldOut = 10

    @Option(
        help: "A file that gives names, splits and groups. (default: manifest.json in the folder, if there)")
    var manifest: String?

    @Flag(help: "Take a piece again that comes again, in the same key or another.")
    var keepCopies = false

    @Flag(help: "Report as JSON.")
    var json = false

    @OptionGroup
    var consoleOptions: ConsoleOptions

    func validate() throws {
        guard (0...50).contains(heldOut) else {
            throw ValidationError("--held-out \(heldOut) is not in 0...50")
        }
        guard minimumSteps >= 1 else { throw ValidationError("--minimum-steps \(minimumSteps) is below 1") }
    }

    func run() throws {
        var encoding = try grid.options()
        let files = try MIDIFolder(path: folder)
        let manifest = try readManifest()
        let lanes = grid.lanes ?? manifest?.lanes ?? 1
        guard (1...64).contains(lanes) else {
            throw Failure.badData("the manifest asks for \(lanes) lanes; it must be 1...64")
        }
        encoding.lanes = lanes
        let name =
            name ?? manifest?.name ?? URL(fileURLWithPath: folder).standardizedFileURL.lastPathComponent
        var builder = CorpusBuilder(
            options: .init(
                name: name, encoding: encoding, minimumSteps: minimumSteps, keepsCopies: keepCopies,
                heldOutPercent: heldOut))
        files.add(to: &builder, manifest: manifest)
        let corpus = builder.build()
        let report = builder.report

        let console = consoleOptions.console
        guard !corpus.pieces.isEmpty else {
            console.note(report.description)
            throw Failure.badData("no file in \(folder) could be used")
        }
        let bytes = try Failure.naming(folder) { try corpus.encoded() }
        let path = try CorpusOutput.write(bytes, to: output, name: name)

        if corpus.pieces(in: .train).isEmpty {
            console.note("no piece is in the training split: the corpus can measure a model, not train one")
        }
        if json {
            try Console.result(JSONText.encode(CorpusJSON.BuildReport(report, corpus: corpus, path: path)))
            return
        }
        console.note("\(report)")
        if grid.lanes == nil, manifest?.lanes == nil, !report.skipped.isEmpty {
            console.note("one voice a piece was taken: --lanes 4 takes four")
        }
        for remark in report.remarks { console.detail("\(remark.file): \(remark.what)") }
        console.note("\(CorpusSummary(corpus))")
        if path != "-" { try Console.result(path) }
    }

    private func readManifest() throws -> CorpusManifest? {
        let path = manifest ?? (folder as NSString).appendingPathComponent("manifest.json")
        guard manifest != nil || FileManager.default.fileExists(atPath: path) else { return nil }
        let data = Data(try InputFile.bytes(path))
        do {
            return try JSONDecoder().decode(CorpusManifest.self, from: data)
        } catch {
            throw Failure.badData(
                "\(path): no manifest; see 'pianojys corpus build --help' for its form")
        }
    }
}
