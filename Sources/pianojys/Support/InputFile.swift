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
        guard descriptor >= 0 else { throw Failure.noInput("cannot read \(path): \(String(cString: strerror(errno)))") }
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
        let bytes = try bytes(path)
        return try Failure.naming(path) {
            var warnings: [MIDIDecodingWarning] = []
            let file = try MIDIFile(decoding: bytes, warnings: &warnings)
            var scoreWarnings: [ScoreWarning] = []
            let score = try Score(file, warnings: &scoreWarnings)
            for warning in warnings { console.detail("\(path): \(warning)") }
            for warning in scoreWarnings { console.detail("\(path): \(warning)") }
            return score
        }
    }

    /// Reads a grid: a document if the file begins as JSON, else a MIDI file laid on a grid of all pitches.
    ///
    /// - Throws: `Failure.noInput`, `.badData`.
    static func grid(_ path: String, options: Score.EncodingOptions, console: Console) throws -> GridDocument {
        let bytes = try bytes(path)
        if bytes.first(where: { $0 > 0x20 }) == UInt8(ascii: "{") {
            return try Failure.naming(path) { try GridDocument(json: bytes) }
        }
        let score = try score(path, console: console)
        return try Failure.naming(path) { GridDocument(grid: try score.encoded(options).grid) }
    }
}
