import Glibc
import MIDIFile
import PianoRoll

/// Files as the commands read them; `-` is standard input.
enum InputFile {
    /// The largest file that is read, in bytes.
    private static let limit = 1 << 28

    /// Reads all bytes.
    ///
    /// - Throws: `Failure.noInput`, `.badData` if it is too large.
    static func bytes(_ path: String, limit: Int = limit) throws -> [UInt8] {
        let descriptor = path == "-" ? STDIN_FILENO : open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else {
            throw Failure.noInput("cannot read \(path): \(String(cString: strerror(errno)))")
        }
        defer { if path != "-" { close(descriptor) } }
        var result: [UInt8] = []
        var part = [UInt8](repeating: 0, count: 1 << 16)
        while true {
            let count = read(descriptor, &part, part.count)
            if count < 0 {
                if errno == EINTR { continue }
                throw Failure.noInput("cannot read \(path): \(String(cString: strerror(errno)))")
            }
            if count == 0 { return result }
            result.append(contentsOf: part[..<count])
            if result.count > limit { throw Failure.badData("\(path): larger than \(limit >> 20) MiB") }
        }
    }

    /// Reads the score of a MIDI file, telling what is odd in it.
    ///
    /// - Throws: `Failure.noInput`, `.badData`.
    static func score(
        _ path: String, reading: Score.ReadingOptions = .init(), console: Console
    ) throws -> Score {
        try score(try bytes(path), named: path, reading: reading, console: console)
    }

    private static func score(
        _ bytes: [UInt8], named path: String, reading: Score.ReadingOptions, console: Console
    ) throws -> Score {
        try Failure.naming(path) {
            var warnings: [MIDIDecodingWarning] = []
            let file = try MIDIFile(decoding: bytes, warnings: &warnings)
            var scoreWarnings: [ScoreWarning] = []
            let score = try Score(file, options: reading, warnings: &scoreWarnings)
            tell(warnings.map { "\($0)" } + scoreWarnings.map { "\($0)" }, of: path, console: console)
            return score
        }
    }

    private static func tell(_ warnings: [String], of path: String, console: Console) {
        for warning in warnings { console.detail("\(path): \(warning)") }
        if !warnings.isEmpty, !console.isVerbose {
            let count = warnings.count
            console.note("\(path): read, with \(count) \(count == 1 ? "oddity" : "oddities"); -v tells")
        }
    }

    /// Reads a grid: a document if the file begins as JSON, else a MIDI file laid on a grid of all pitches.
    ///
    /// - Throws: `Failure.noInput`, `.badData`.
    static func grid(
        _ path: String, options: GridOptions, piece: PieceOption, console: Console
    ) throws -> GridDocument {
        let (encoding, reading) = (try options.options(), try piece.reading())
        let bytes = try bytes(path)
        if isJSON(bytes) {
            let given = options.given + (piece.piece == nil ? [] : ["--piece"])
            if let option = given.first {
                throw Failure.usage("\(path) is a grid as it stands; \(option) is for MIDI files")
            }
            return try Failure.naming(path) { try GridDocument(json: bytes) }
        }
        let score = try score(bytes, named: path, reading: reading, console: console)
        let (document, report) = try Failure.naming(path) { try score.document(encoding, info: info(score)) }
        // A triplet is in the grid, but not where it was.
        if !report.isComplete || report.tripletCount > 0 { console.note("\(path): \(report)") }
        return document
    }

    /// What a file says of itself in its texts, without what would steer a terminal.
    private static func info(_ score: Score) -> [String: String] {
        let text = score.texts.joined(separator: "; ").unicodeScalars.map {
            $0.properties.generalCategory == .control ? " " : Character($0)
        }
        return text.isEmpty ? [:] : ["text": String(text)]
    }

    private static func isJSON(_ bytes: [UInt8]) -> Bool {
        bytes.first { $0 > 0x20 } == UInt8(ascii: "{")
    }
}

extension InputFile {
    /// Reads the music of a MIDI file or of a grid document.
    ///
    /// - Throws: `Failure.noInput`, `.badData`.
    static func music(_ path: String, piece: PieceOption? = nil, console: Console) throws -> Score {
        let reading = try piece?.reading() ?? Score.ReadingOptions()
        let bytes = try bytes(path)
        guard isJSON(bytes) else {
            return try score(bytes, named: path, reading: reading, console: console)
        }
        if piece?.piece != nil { throw Failure.usage("\(path) is a grid; --piece is for MIDI files") }
        return try Failure.naming(path) {
            try GridDocument(json: bytes).score(tempo: nil, programs: InstrumentList(nil))
        }
    }
}

extension InputFile {
    /// The notes of a MIDI file, of all its pieces unless one is chosen, or of a grid document.
    ///
    /// - Throws: `Failure.noInput`, `.badData`.
    static func notes(_ path: String, piece: PieceOption, console: Console) throws -> [NoteListing] {
        var reading = try piece.reading()
        let bytes = try bytes(path)
        if isJSON(bytes) {
            if piece.piece != nil { throw Failure.usage("\(path) is a grid; --piece is for MIDI files") }
            let score = try Failure.naming(path) {
                try GridDocument(json: bytes).score(tempo: nil, programs: InstrumentList(nil))
            }
            return NoteListing.notes(of: score) { $0 }
        }
        // Nothing is laid out in time here, so that a length is no danger.
        (reading.keepsTimecodeTicks, reading.maximumQuarters) = (true, .max)
        return try Failure.naming(path) {
            var warnings: [MIDIDecodingWarning] = []
            let file = try MIDIFile(decoding: bytes, warnings: &warnings)
            var scoreWarnings: [ScoreWarning] = []
            let pieces = reading.piece.map { [$0] } ?? Array(0..<file.pieceCount)
            let lists = try pieces.map { piece in
                reading.piece = piece
                let score = try Score(file, options: reading, warnings: &scoreWarnings)
                return NoteListing.notes(of: score) { file.track(ofScoreTrack: $0, piece: piece) }
            }
            tell(warnings.map { "\($0)" } + scoreWarnings.map { "\($0)" }, of: path, console: console)
            return Array(lists.joined())
        }
    }
}

extension GridDocument {
    /// The score of the grid, with what is said of it as texts; the document's own tempo, or 90, if none is given.
    func score(tempo: Double?, programs: InstrumentList) throws -> Score {
        var voices = TokenGrid.standardVoices(lanes: grid.lanes)
        for (lane, program) in try programs.programs(lanes: grid.lanes).enumerated() {
            voices[lane].program = program
        }
        let texts = info.sorted { $0.key < $1.key }.map { "\($0.key): \($0.value)" }
        return try decoded(
            .init(quartersPerMinute: 90, voices: voices, texts: texts), quartersPerMinute: tempo)
    }
}
