import ArgumentParser
import OutputFiles
import PianoRoll

/// `pianojys encode`: MIDI to a grid.
struct EncodeCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "encode",
        abstract: "Lay a MIDI file on a grid of tokens, and tell what became of its notes.",
        discussion: """
            EXAMPLES
              pianojys encode hymn.mid hymn.json
              pianojys encode --steps-per-quarter 12 --lanes 1 tune.mid -
            """)

    @Argument(help: "The MIDI file; '-' is standard input.")
    var input: String

    @Argument(help: "The grid to write, JSON; '-' is standard output.")
    var outputFile: String = "-"

    @OptionGroup
    var piece: PieceOption

    @OptionGroup(title: "Grid")
    var grid: GridOptions

    @OptionGroup
    var output: ConsoleOptions

    @Flag(help: "Tell what became of the notes as JSON, on standard error.")
    var json = false

    private struct Report: Encodable {
        let notes, placed, moved, triplets, shortened, merged: Int
        let lost: [String: Int]
        let meanShiftTicks, largestShiftTicks: Double
        let voices: String

        init(_ report: QuantisationReport) {
            notes = report.noteCount
            placed = report.placedCount
            moved = report.movedCount
            triplets = report.tripletCount
            shortened = report.shortenedCount
            merged = report.mergedCount
            lost = Dictionary(
                uniqueKeysWithValues: QuantisationReport.Loss.allCases.map {
                    ($0.rawValue, report.lostCount($0))
                })
            meanShiftTicks = report.meanShift
            largestShiftTicks = report.largestShift
            voices = report.voices.rawValue
        }
    }

    func run() throws {
        let console = output.console
        let (options, reading) = (try grid.options(), try piece.reading())
        guard try Take.Format(path: outputFile, otherwise: .json) == .json else {
            throw Failure.usage("\(outputFile): a grid goes to a name that ends in .json")
        }
        try OutputFile.check(outputFile)
        let score = try InputFile.score(input, reading: reading, console: console)
        let (document, report) = try Failure.naming(input) {
            try score.document(options, info: ["source": input])
        }
        try OutputFile.write(Array(document.json().utf8), to: outputFile)
        if json { Console.error(try JSONText.encode(Report(report))) } else { console.note("\(report)") }
        try output.tellWritten(outputFile)
    }
}
