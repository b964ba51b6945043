import MIDIFile
import PianoRoll

/// Makes a corpus of MIDI files: takes one file after another, then forms groups and splits.
///
/// Nothing is lost unseen: the report names each file that was left out and whatever was lost or changed of others.
public struct CorpusBuilder: Sendable {
    /// How a corpus is to be built.
    public struct Options: Hashable, Sendable {
        /// What the corpus is called.
        public var name: String
        /// How the notes are laid on the grid: vocabulary, voices, steps, alignment. `lanes` nil counts as 1.
        public var encoding: Score.EncodingOptions
        /// Shortest piece, in steps.
        public var minimumSteps: Int
        /// Largest share of a piece's notes, 0...1, that may find no place in the grid; with more it is left out.
        public var maximumLostShare: Double
        /// Whether a piece that comes again, in the same key or another, is taken again.
        public var keepsCopies: Bool
        /// Share of the groups, in per cent, that goes to each of valid and test where no split is given.
        public var heldOutPercent: Int

        /// Creates options; the corpus gets one lane in the onset encoding of all MIDI pitches unless told otherwise.
        public init(
            name: String = "corpus",
            encoding: Score.EncodingOptions = Score.EncodingOptions(
                vocabulary: Vocabulary(encoding: .onset), lanes: 1),
            minimumSteps: Int = 16, maximumLostShare: Double = 0.1, keepsCopies: Bool = false,
            heldOutPercent: Int = 10
        ) {
            self.name = name
            self.encoding = encoding
            self.minimumSteps = minimumSteps
            self.maximumLostShare = maximumLostShare
            self.keepsCopies = keepsCopies
            self.heldOutPercent = heldOutPercent
        }
    }

    /// A piece that has been read, before it has a group and a split for certain.
    struct Candidate: Sendable {
        var file: String
        var name: String
        var givenSplit: Corpus.Split?
        var givenGroup: String?
        var key: Corpus.Key?
        var grid: TokenGrid
    }

    /// How the corpus is built.
    public let options: Options
    /// What happened so far.
    public internal(set) var report = CorpusBuildReport()

    var candidates: [Candidate] = []
    private var fileOfName: [String: String] = [:]
    private var fileOfNotes: [[UInt16]: String] = [:]

    /// Creates a builder that has no pieces yet.
    ///
    /// - Precondition: the options ask for 1...64 lanes (or none) and 0...50 per cent.
    public init(options: Options = Options()) {
        precondition((1...64).contains(options.encoding.lanes ?? 1), "\(options.encoding.lanes ?? 1) lanes")
        precondition((0...50).contains(options.heldOutPercent), "\(options.heldOutPercent) per cent held out")
        self.options = options
    }

    /// Adds a MIDI file, or notes in the report why it cannot be added.
    ///
    /// The tracks of a file of format 2 are added as pieces of their own, called by the file's name and a number; they share a group.
    ///
    /// - Parameters:
    ///   - file: The name that the report calls it by.
    ///   - bytes: The whole file.
    ///   - entry: What is known of it besides.
    public mutating func add(file: String, bytes: [UInt8], entry: CorpusManifest.Entry? = nil) {
        report.fileCount += 1
        var warnings: [MIDIDecodingWarning] = []
        let midi: MIDIFile
        do throws(MIDIDecodingError) {
            midi = try MIDIFile(decoding: bytes, warnings: &warnings)
        } catch {
            report.skipped.append(.init(file: file, reason: .unreadable(error.description)))
            return
        }
        report.remarks += warnings.map { .init(file: file, what: $0.description) }
        let count = midi.pieceCount
        report.fileCount += count - 1
        for piece in 0..<count {
            // The name of a file with a piece's number: so the report tells them apart.
            let part = count == 1 ? file : "\(file)#\(piece + 1)"
            let whole = entry?.name ?? Self.name(ofFile: file)
            let name = whole + (count == 1 ? "" : "#\(piece + 1)")
            let group = entry?.group ?? (count == 1 ? nil : whole)
            do throws(CorpusBuildReport.Reason) {
                candidates.append(
                    try candidate(
                        file: part, name: name, group: group, midi: midi, piece: piece, split: entry?.split))
            } catch {
                report.skipped.append(.init(file: part, reason: error))
            }
        }
    }

    /// Notes in the report that a file could not be had.
    public mutating func skip(file: String, because reason: CorpusBuildReport.Reason) {
        report.fileCount += 1
        report.skipped.append(.init(file: file, reason: reason))
    }

    private mutating func candidate(
        file: String, name: String, group: String?, midi: MIDIFile, piece: Int, split: String?
    ) throws(CorpusBuildReport.Reason) -> Candidate {
        var givenSplit: Corpus.Split?
        if let split {
            givenSplit = Corpus.Split(rawValue: split)
            if givenSplit == nil { throw .unknownSplit(split) }
        }
        if let other = fileOfName[name] { throw .sameName(asFile: other) }

        let score = try score(of: midi, piece: piece, file: file)
        var encoding = options.encoding
        encoding.lanes = encoding.lanes ?? 1
        let grid: TokenGrid
        let quantisation: QuantisationReport
        do throws(ScoreError) {
            (grid, quantisation) = try score.encoded(encoding)
        } catch {
            throw .unusable(error.description)
        }
        // Drums are left out because that was asked for: they are not lost.
        let drums = quantisation.lostCount(.drum)
        let wanted = quantisation.noteCount - drums
        guard wanted > 0 else { throw .silent }
        let lost = quantisation.lostNotes.count - drums
        guard Double(lost) <= options.maximumLostShare * Double(wanted), quantisation.placedCount > 0
        else { throw .tooManyNotesLost(lost, of: wanted) }
        guard grid.steps >= options.minimumSteps else { throw .tooShort(steps: grid.steps) }
        let shape = Self.shape(of: grid)
        if !options.keepsCopies, let other = fileOfNotes[shape] { throw .sameNotes(asFile: other) }

        fileOfName[name] = file
        fileOfNotes[shape] = file
        report.note(quantisation, file: file)
        let key = score.keys.first.flatMap { key in
            (-7...7).contains(key.fifths) ? Corpus.Key(fifths: key.fifths, isMinor: key.isMinor) : nil
        }
        return Candidate(
            file: file, name: name, givenSplit: givenSplit, givenGroup: group, key: key, grid: grid)
    }

    private mutating func score(
        of midi: MIDIFile, piece: Int, file: String
    ) throws(CorpusBuildReport.Reason) -> Score {
        var warnings: [ScoreWarning] = []
        defer { report.remarks += warnings.map { .init(file: file, what: $0.description) } }
        do throws(ScoreError) {
            return try Score(midi, options: .init(piece: piece), warnings: &warnings)
        } catch {
            throw .unusable(error.description)
        }
    }

    /// The path of a file less its ending.
    static func name(ofFile file: String) -> String {
        guard let dot = file.lastIndex(of: "."), dot > file.startIndex,
            file[dot...].allSatisfy({ $0 != "/" })
        else { return file }
        return String(file[..<dot])
    }

    /// The cells with every pitch counted from the lowest, and lanes and meter: the same for a piece in any key.
    static func shape(of grid: TokenGrid) -> [UInt16] {
        let first = grid.vocabulary.firstPitchToken
        let lowest = grid.tokens.lazy.filter { $0 >= first }.min() ?? first
        let timing = [grid.timing.stepsPerBar, grid.timing.firstStepInBar].map(
            UInt16.init(truncatingIfNeeded:))
        return timing + grid.tokens.map { $0 >= first ? $0 - lowest + first : $0 }
    }
}
