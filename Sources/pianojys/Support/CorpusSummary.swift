import Corpus
import Foundation
import PianoRoll

/// What a corpus holds, for people: a table of its splits, and its meters.
struct CorpusSummary: CustomStringConvertible {
    let corpus: Corpus

    init(_ corpus: Corpus) { self.corpus = corpus }

    var description: String {
        var lines = [
            "\(corpus.name): \(corpus.pieces.count) pieces, \(corpus.lanes) "
                + "\(corpus.lanes == 1 ? "lane" : "lanes"), \(corpus.vocabulary.encoding.rawValue) encoding",
            Self.row("split", "pieces", "groups", "steps", "notes"),
        ]
        for split in Corpus.Split.allCases { lines.append(row(split.name, corpus.pieces(in: split))) }
        lines.append(row("all", corpus.pieces))
        let meters = Dictionary(grouping: corpus.pieces) {
            "\($0.grid.timing.meterNumerator)/\($0.grid.timing.meterDenominator)"
        }
        let counts = meters.map { ($0.key, $0.value.count) }.sorted { ($1.1, $0.0) < ($0.1, $1.0) }
        lines.append("meters: " + counts.map { "\($0.0) \($0.1)" }.joined(separator: ", "))
        return lines.joined(separator: "\n")
    }

    private func row(_ name: String, _ pieces: [Corpus.Piece]) -> String {
        let counts = [
            pieces.count, Set(pieces.map(\.group)).count, pieces.reduce(0) { $0 + $1.grid.steps },
            pieces.reduce(0) { $0 + $1.grid.notes.count },
        ].map(String.init)
        return Self.row(name, counts[0], counts[1], counts[2], counts[3])
    }

    private static func row(_ cells: String...) -> String {
        cells.map { String(repeating: " ", count: max(0, 9 - $0.count)) + $0 }.joined()
    }
}
