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

/// A piece bar by bar: a line for each lane, a note's name where it starts, `-` while it lasts, `.` for rest.
struct PieceTable: CustomStringConvertible {
    let piece: Corpus.Piece

    init(_ piece: Corpus.Piece) { self.piece = piece }

    var description: String {
        let grid = piece.grid
        let timing = grid.timing
        var lines = [
            "\(piece.name): \(piece.split.name), group '\(piece.group)', \(keyName), "
                + "\(timing.meterNumerator)/\(timing.meterDenominator), \(timing.stepsPerQuarter) steps a quarter, "
                + "\(grid.steps) steps from step \(timing.firstStepInBar) of the bar"
        ]
        var onsets: [[Int: UInt8]] = []
        for lane in 0..<grid.lanes {
            onsets.append(
                [Int: UInt8](
                    grid.notes(inLane: lane).map { ($0.steps.lowerBound, $0.pitch) }, uniquingKeysWith: { $1 }
                ))
        }
        let sounding = grid.soundingPitches
        // Bar 0 is the pickup.
        var bar = timing.firstStepInBar == 0 ? 1 : 0
        var step = 0
        while step < grid.steps {
            let end = min(grid.steps, step + timing.stepsPerBar - timing.positionInBar(ofStep: step))
            for lane in 0..<grid.lanes {
                let cells = (step..<end).map { step in
                    onsets[lane][step].map(Self.name(ofPitch:))
                        ?? (sounding[step * grid.lanes + lane] == nil ? "." : "-")
                }
                let heading = lane == 0 ? "\(bar)" : ""
                lines.append(
                    heading.padding(toLength: 5, withPad: " ", startingAt: 0)
                        + cells.map { $0.padding(toLength: 4, withPad: " ", startingAt: 0) }.joined())
            }
            if grid.lanes > 1 { lines.append("") }
            bar += 1
            step = end
        }
        return lines.joined(separator: "\n")
    }

    private var keyName: String {
        guard let key = piece.key else { return "key unknown" }
        let signature =
            key.fifths == 0 ? "no signature" : "\(abs(key.fifths)) \(key.fifths > 0 ? "sharps" : "flats")"
        return "\(signature), \(key.isMinor ? "minor" : "major")"
    }

    /// Scientific pitch notation: 60 is C4.
    static func name(ofPitch pitch: UInt8) -> String {
        let names = ["C", "C#", "D", "Eb", "E", "F", "F#", "G", "Ab", "A", "Bb", "B"]
        return "\(names[Int(pitch) % 12])\(Int(pitch) / 12 - 1)"
    }
}

/// What the corpus commands say to machines.
enum CorpusJSON {
    struct Piece: Encodable {
        let name, split, group: String
        let fifths: Int?
        let isMinor: Bool?
        let timing: TokenGrid.Timing
        let steps: Int
        /// In the form of grid files; nil in lists.
        let grid: TokenGrid?

        init(_ piece: Corpus.Piece, withGrid: Bool) {
            name = piece.name
            split = piece.split.name
            group = piece.group
            fifths = piece.key?.fifths
            isMinor = piece.key?.isMinor
            timing = piece.grid.timing
            steps = piece.grid.steps
            grid = withGrid ? piece.grid : nil
        }
    }

    struct Contents: Encodable {
        let name: String
        let vocabulary: Vocabulary
        let lanes: Int
        let pieces: [Piece]

        init(_ corpus: Corpus, pieces: [Corpus.Piece], withGrid: Bool) {
            name = corpus.name
            vocabulary = corpus.vocabulary
            lanes = corpus.lanes
            self.pieces = pieces.map { Piece($0, withGrid: withGrid) }
        }
    }

    struct BuildReport: Encodable {
        struct Line: Encodable {
            let file, what: String
        }
        let path: String
        let files, pieces, groups, notes, lostNotes, movedNotes: Int
        let splits: [String: Int]
        let skipped, remarks: [Line]

        init(_ report: CorpusBuildReport, corpus: Corpus, path: String) {
            self.path = path
            files = report.fileCount
            pieces = corpus.pieces.count
            groups = report.groupCount
            notes = report.placedNoteCount
            lostNotes = report.lostNoteCount
            movedNotes = report.movedNoteCount
            splits = .init(
                uniqueKeysWithValues: Corpus.Split.allCases.map { ($0.name, corpus.pieces(in: $0).count) })
            skipped = report.skipped.map { Line(file: $0.file, what: $0.reason.description) }
            remarks = report.remarks.map { Line(file: $0.file, what: $0.what) }
        }
    }

    static func encoded(_ value: some Encodable) throws -> String {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        return String(decoding: try encoder.encode(value), as: UTF8.self)
    }
}
