import ArgumentParser
import MIDIFile
import OutputFiles
import PianoRoll

/// `pianojys decode`: a grid to MIDI.
struct DecodeCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "decode",
        abstract: "Make a MIDI file of a grid.",
        discussion: """
            EXAMPLES
              pianojys decode hymn.json hymn.mid
              pianojys decode --tempo 72 --instrument 19 hymn.json hymn.mid
            """)

    @Argument(help: "The grid, JSON; '-' is standard input.")
    var input: String

    @Argument(help: "The MIDI file to write; '-' is standard output.")
    var outputFile: String

    @Option(help: "Quarter notes a minute, 4 to 1000. (default: as the grid says, or 90)")
    var tempo: Double?

    @Option(help: "General MIDI programs, by number or name, one for all voices or one each.")
    var instrument: String?

    @OptionGroup
    var output: ConsoleOptions

    func run() throws {
        let console = output.console
        if let tempo, !(4...1_000).contains(tempo) {
            throw Failure.usage("--tempo \(tempo) is not in 4...1000")
        }
        let programs = try InstrumentList(instrument)
        guard try [.mid, .midi].contains(Take.Format(path: outputFile)) else {
            throw Failure.usage("\(outputFile): MIDI goes to a name that ends in .mid")
        }
        try OutputFile.check(outputFile)
        let bytes = try InputFile.bytes(input)
        let score = try Failure.naming(input) {
            let document = try GridDocument(json: bytes)
            for text in document.info.sorted(by: { $0.key < $1.key }) {
                console.detail("\(text.key): \(text.value)")
            }
            return try document.score(tempo: tempo, programs: programs)
        }
        try OutputFile.write(try MIDIFile(score: score).encoded(), to: outputFile)
        try output.tellWritten(outputFile)
    }
}
