import Corpus
import PianoRoll

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
}
