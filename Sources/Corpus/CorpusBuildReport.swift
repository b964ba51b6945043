import PianoRoll

/// What became of the files that a corpus was built from.
public struct CorpusBuildReport: Hashable, Sendable {
    /// Why a file is not in the corpus.
    public enum Reason: Error, Hashable, Sendable {
        /// It could not be had from the disk.
        case notReadable(String)
        /// It stands in the manifest, but not in the folder.
        case missing
        /// It is no MIDI file, or too damaged a one.
        case unreadable(String)
        /// It cannot be laid on a grid.
        case unusable(String)
        /// It has no notes.
        case silent
        /// It is shorter than the shortest piece that was asked for.
        case tooShort(steps: Int)
        /// Too many of its notes have no place in the grid.
        case tooManyNotesLost(Int, of: Int)
        /// It has the same notes as another file, or the same in another key.
        case sameNotes(asFile: String)
        /// It has the name of another file's piece.
        case sameName(asFile: String)
        /// The manifest puts it into a split that there is not.
        case unknownSplit(String)
    }

    /// A file that is not in the corpus.
    public struct Skip: Hashable, Sendable {
        /// The file.
        public var file: String
        /// Why it is not there.
        public var reason: Reason
    }

    /// Something to know of a file that is in the corpus, or was to be.
    public struct Remark: Hashable, Sendable {
        /// The file.
        public var file: String
        /// What to know, in one line.
        public var what: String
    }

    /// How many files were given; one of format 2 counts for each of its pieces.
    public var fileCount = 0
    /// The files that are not in the corpus.
    public var skipped: [Skip] = []
    /// What to know of files, in the order they were given.
    public var remarks: [Remark] = []
    /// How many notes of the pieces in the corpus are in it.
    public var placedNoteCount = 0
    /// How many notes of the pieces in the corpus are not.
    public var lostNoteCount = 0
    /// How many placed notes do not start and end on a step exactly.
    public var movedNoteCount = 0
    /// How many pieces change their meter, of which the grid keeps the one in force longest.
    public var pieceCountWithIgnoredMeters = 0
    /// How many groups the pieces form.
    public var groupCount = 0
    /// How many pieces the largest group has.
    public var largestGroupCount = 0

    /// Creates an empty report.
    public init() {}

    /// Adds up what became of a file's notes, with a remark unless all of them are in place.
    mutating func note(_ quantisation: QuantisationReport, file: String) {
        placedNoteCount += quantisation.placedCount
        lostNoteCount += quantisation.lostNotes.count
        movedNoteCount += quantisation.movedCount
        pieceCountWithIgnoredMeters += quantisation.ignoredMeterCount > 0 ? 1 : 0
        // The first line says how many notes were placed: worth telling only with the lines about the others.
        let lines = quantisation.description.split(separator: "\n").dropFirst()
        if !lines.isEmpty { remarks.append(Remark(file: file, what: lines.joined(separator: "; "))) }
    }
}

extension CorpusBuildReport.Reason: CustomStringConvertible {
    /// The reason in a few words.
    public var description: String {
        switch self {
        case .notReadable(let why): "cannot be read: \(why)"
        case .missing: "is in the manifest, but not in the folder"
        case .unreadable(let why), .unusable(let why): why
        case .silent: "no notes"
        case .tooShort(let steps): "only \(steps) steps long"
        case .tooManyNotesLost(let lost, let all): "\(lost) of \(all) notes have no place in the grid"
        case .sameNotes(let file): "the same notes as \(file)"
        case .sameName(let file): "the same name as \(file)"
        case .unknownSplit(let split): "'\(split)' in the manifest is no split; use train, valid or test"
        }
    }
}

extension CorpusBuildReport: CustomStringConvertible {
    /// The counts, a line each, and the files that were left out.
    public var description: String {
        var lines = [
            "\(fileCount - skipped.count) of \(fileCount) files taken, in \(groupCount) groups "
                + "(the largest of \(largestGroupCount))",
            "\(placedNoteCount) notes; \(lostNoteCount) lost, \(movedNoteCount) moved to the grid",
        ]
        if pieceCountWithIgnoredMeters > 0 {
            lines.append("\(pieceCountWithIgnoredMeters) pieces change their meter; the main one was kept")
        }
        lines += skipped.map { "left out \($0.file): \($0.reason)" }
        return lines.joined(separator: "\n")
    }
}
