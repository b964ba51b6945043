import ArgumentParser
import Corpus
import Foundation
import PianoRoll

/// `pianojys corpus build`: a folder of MIDI files becomes one corpus file.
struct CorpusBuildCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "build",
        abstract: "Builds a corpus from a folder of MIDI files.",
        discussion: """
            Every file that ends in .mid or .midi, in subfolders too, becomes a piece. Pieces that are variants of one \
            tune share a group, and a group goes to one split. Of a piece that comes twice, or in another key, the first \
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

    @Option(help: "How many voices a piece has, 1 to 64. (default: as in the manifest, or 1)")
    var lanes: Int?

    @Option(help: "What a cell holds: onset or sustain.")
    var encoding: Vocabulary.Encoding = .onset

    @Option(help: "Steps in a quarter note; 4 makes a step a sixteenth.")
    var stepsPerQuarter = 4

    @Option(help: "How notes are told apart into voices: automatic, trackOrder, trackPitch or proximity.")
    var voices: Score.VoiceAssignment = .automatic

    @Option(help: "Leading silence: pad keeps it as rests, shift cuts it.")
    var align: Score.Alignment = .pad

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

    @Flag(help: "Take in notes on the drum channel.")
    var drums = false

    @Flag(help: "Report as JSON.")
    var json = false

    @Flag(name: .shortAndLong, help: "Tell what was changed in each piece.")
    var verbose = false

    func validate() throws {
        if let lanes, !(1...64).contains(lanes) { throw ValidationError("--lanes \(lanes) is not in 1...64") }
        guard (1...960).contains(stepsPerQuarter) else {
            throw ValidationError("--steps-per-quarter \(stepsPerQuarter) is not in 1...960")
        }
        guard (0...50).contains(heldOut) else {
            throw ValidationError("--held-out \(heldOut) is not in 0...50")
        }
        guard minimumSteps >= 1 else { throw ValidationError("--minimum-steps \(minimumSteps) is below 1") }
    }

    func run() async throws {
        let files = try MIDIFolder(path: folder)
        let manifest = try readManifest()
        let lanes = manifest?.lanes ?? 1
        guard self.lanes != nil || (1...64).contains(lanes) else {
            throw Failure.badData("the manifest asks for \(lanes) lanes; it must be 1...64")
        }
        let name =
            name ?? manifest?.name ?? URL(fileURLWithPath: folder).standardizedFileURL.lastPathComponent
        var builder = CorpusBuilder(
            options: .init(
                name: name,
                encoding: Score.EncodingOptions(
                    vocabulary: Vocabulary(encoding: encoding), lanes: self.lanes ?? lanes,
                    stepsPerQuarter: stepsPerQuarter, voices: voices, alignment: align, includesDrums: drums),
                minimumSteps: minimumSteps, keepsCopies: keepCopies, heldOutPercent: heldOut))
        files.add(to: &builder, manifest: manifest)
        let corpus = builder.build()
        let report = builder.report

        guard !corpus.pieces.isEmpty else {
            FileHandle.standardError.write(Data((report.description + "\n").utf8))
            throw Failure.badData("no file in \(folder) could be used")
        }
        let bytes: [UInt8]
        do throws(CorpusEncodingError) {
            bytes = try corpus.encoded()
        } catch {
            throw Failure.badData(error.description)
        }
        let path = try CorpusOutput.write(bytes, to: output, name: name)

        if json {
            try Console.result(CorpusJSON.encoded(CorpusJSON.BuildReport(report, corpus: corpus, path: path)))
        } else {
            try Console.result("\(report)")
            if verbose {
                for remark in report.remarks { try Console.result("\(remark.file): \(remark.what)") }
            }
            try Console.result("\(CorpusSummary(corpus))")
            try Console.result("wrote \(path), \(bytes.count) bytes")
        }
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
