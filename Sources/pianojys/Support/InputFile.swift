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
    static func bytes(_ path: String) throws -> [UInt8] {
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
    static func score(_ path: String, console: Console) throws -> Score {
        try score(try bytes(path), named: path, console: console)
    }

    private static func score(_ bytes: [UInt8], named path: String, console: Console) throws -> Score {
        try Failure.naming(path) {
            var warnings: [MIDIDecodingWarning] = []
            let file = try MIDIFile(decoding: bytes, warnings: &warnings)
            var scoreWarnings: [ScoreWarning] = []
            let score = try Score(file, warnings: &scoreWarnings)
            let all = warnings.map { "\($0)" } + scoreWarnings.map { "\($0)" }
            for warning in all { console.detail("\(path): \(warning)") }
            if !all.isEmpty, !console.isVerbose {
                console.note(
                    "\(path): read, with \(all.count) \(all.count == 1 ? "oddity" : "oddities"); -v tells")
            }
            return score
        }
    }

    /// Reads a grid: a document if the file begins as JSON, else a MIDI file laid on a grid of all pitches.
    ///
    /// - Throws: `Failure.noInput`, `.badData`.
    static func grid(_ path: String, options: Score.EncodingOptions, console: Console) throws -> GridDocument
    {
        let bytes = try bytes(path)
        if isJSON(bytes) {
            return try Failure.naming(path) { try GridDocument(json: bytes) }
        }
        let score = try score(bytes, named: path, console: console)
        let (grid, report) = try Failure.naming(path) { try score.encoded(options) }
        if !report.isComplete { console.note("\(path): \(report)") }
        return GridDocument(grid: grid, info: info(score))
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
    static func music(_ path: String, console: Console) throws -> Score {
        let bytes = try bytes(path)
        guard isJSON(bytes) else { return try score(bytes, named: path, console: console) }
        return try Failure.naming(path) {
            try GridDocument(json: bytes).score(tempo: 90, programs: InstrumentList(nil))
        }
    }
}

extension GridDocument {
    /// The score of the grid, with what is said of it as texts.
    func score(tempo: Double, programs: InstrumentList) throws -> Score {
        var voices = TokenGrid.standardVoices(lanes: grid.lanes)
        for (lane, program) in try programs.programs(lanes: grid.lanes).enumerated() {
            voices[lane].program = program
        }
        let texts = info.sorted { $0.key < $1.key }.map { "\($0.key): \($0.value)" }
        return try grid.decoded(.init(quartersPerMinute: tempo, voices: voices, texts: texts))
    }
}
