import ArgumentParser
import Corpus

/// `pianojys corpus inspect`: what a corpus file holds.
struct CorpusInspectCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "inspect",
        abstract: "Shows what a corpus holds: counts, a list of its pieces, or a piece bar by bar.",
        discussion: """
            EXAMPLES
              pianojys corpus inspect chorales
              pianojys corpus inspect chorales --list --split test
              pianojys corpus inspect chorales --piece bwv66.6
              pianojys corpus inspect melodies --piece ryan-AcaciaReel-a --json
            """)

    @Argument(help: "The corpus: a file, or the name of one in Data/corpora.")
    var file: String

    @Option(help: "Show this piece bar by bar; with --json, its grid.")
    var piece: String?

    @Flag(help: "List the pieces.")
    var list = false

    @Option(help: "Only the pieces of this split: train, valid or test.")
    var split: Corpus.Split?

    @Flag(help: "Answer as JSON.")
    var json = false

    func validate() throws {
        if piece != nil, list || split != nil {
            throw ValidationError("--piece goes without --list and --split")
        }
    }

    func run() throws {
        let corpus = try CorpusInput.read(try DataFolder(explicit: nil).corpusFile(file))
        if let name = piece {
            guard let piece = corpus.pieces.first(where: { $0.name == name }) else {
                throw Failure.badData("\(file): no piece is called '\(name)'; --list shows their names")
            }
            try Console.result(
                json
                    ? JSONText.encode(CorpusJSON.Contents(corpus, pieces: [piece], withGrid: true))
                    : PieceTable(piece).description)
            return
        }
        let pieces = split.map { corpus.pieces(in: $0) } ?? corpus.pieces
        if json {
            try Console.result(
                JSONText.encode(CorpusJSON.Contents(corpus, pieces: pieces, withGrid: false)))
        } else if list || split != nil {
            for piece in pieces {
                let timing = piece.grid.timing
                try Console.result(
                    "\(piece.name)\t\(piece.split.name)\t\(timing.meterNumerator)/\(timing.meterDenominator)\t"
                        + "\(piece.grid.steps) steps\t\(piece.group)")
            }
        } else {
            try Console.result("\(CorpusSummary(corpus))")
        }
    }
}
