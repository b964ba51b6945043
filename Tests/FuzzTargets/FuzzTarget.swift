import Composition
import Corpus
import FoundationEssentials
import Glibc
import JumpYourSteps
import MIDIFile
import PianoRoll

/// A parser of bytes that come from elsewhere, with what has to hold whatever they are.
///
/// The same targets are run by `make fuzz`, under libFuzzer, and by the tests, on seeded mutations.
public enum FuzzTarget: String, CaseIterable, Sendable {
    /// Standard MIDI Files: bytes to events to a score, and back.
    case midi
    /// The same files on to a grid, its JSON, and back.
    case roll
    /// Grids in JSON.
    case grid
    /// Bodies of corpus files; their length and hash are put around them here, since no mutation would hit them.
    case corpus
    /// Schedule files.
    case schedule
    /// Models in safetensors: what begins as JSON is a header, around which length and weights are put here; else a whole file.
    case model

    /// Parses bytes and checks what came of them.
    ///
    /// Traps if a property does not hold.
    ///
    /// - Returns: Whether they were accepted, rather than refused with an error.
    @discardableResult
    public func run(_ bytes: [UInt8]) -> Bool {
        switch self {
        case .midi: Self.runMIDI(bytes)
        case .roll: Self.runRoll(bytes)
        case .grid: Self.runGrid(bytes)
        case .corpus: Self.runCorpus(bytes)
        case .schedule: Self.runSchedule(bytes)
        case .model: Self.runModel(bytes)
        }
    }

    private static func runMIDI(_ bytes: [UInt8]) -> Bool {
        var warnings: [MIDIDecodingWarning] = []
        guard let file = try? MIDIFile(decoding: bytes, warnings: &warnings) else { return false }
        precondition(warnings.count <= MIDIDecodingWarning.Kind.allCases.count, "a kind is told twice")
        let eventCount = file.tracks.reduce(0) { $0 + $1.events.count }
        precondition(2 * eventCount <= bytes.count, "\(eventCount) events of \(bytes.count) bytes")
        if let written = try? file.encoded() {
            precondition((try? MIDIFile(decoding: written)) == file, "written and read, it is another file")
        }
        let options = Score.ReadingOptions(piece: file.pieceCount - 1)
        guard let score = try? Score(file, options: options) else { return true }
        for note in score.notes { precondition(note.startTick < note.endTick, "a note without length") }
        if let again = try? MIDIFile(score: score) {
            precondition((try? Score(again))?.notes.count == score.notes.count, "notes are lost")
        }
        return true
    }

    private static func runRoll(_ bytes: [UInt8]) -> Bool {
        guard let file = try? MIDIFile(decoding: bytes),
            let score = try? Score(file, options: .init(piece: file.pieceCount - 1))
        else { return false }
        let encoding = Score.EncodingOptions(vocabulary: Vocabulary(encoding: .onset), lanes: 4)
        guard score.endTick / score.ticksPerQuarter < 64,
            let (document, report) = try? score.document(encoding)
        else { return true }
        precondition(report.placedCount + report.lostNotes.count == report.noteCount, "notes are not told of")
        precondition(document.grid.isWellFormed, "a hold without a note")
        precondition((try? GridDocument(json: Array(document.json().utf8))) == document, "another document")
        precondition((try? document.decoded())?.notes.count == document.grid.notes.count, "notes are lost")
        return true
    }

    private static func runGrid(_ bytes: [UInt8]) -> Bool {
        guard let document = try? GridDocument(json: bytes) else { return false }
        precondition(
            (try? GridDocument(json: Array(document.json().utf8))) == document,
            "written and read, it is another grid")
        guard document.grid.tokens.count <= 1 << 14 else { return true }
        _ = document.grid.text(.init(width: 80))
        _ = document.grid.svg(.init(title: "fuzz"))
        guard let score = try? document.grid.decoded() else { return true }
        let encoding = Score.EncodingOptions(
            vocabulary: document.grid.vocabulary, stepsPerQuarter: document.grid.timing.stepsPerQuarter)
        guard let (again, _) = try? score.encoded(encoding) else { return true }
        precondition(
            again.tokens == document.grid.repaired().tokens, "as a score and back, it is another grid")
        return true
    }

    private static func runCorpus(_ body: [UInt8]) -> Bool {
        guard let corpus = try? Corpus(decoding: framed(body)) else { return false }
        guard let written = try? corpus.encoded() else {
            preconditionFailure("what was read cannot be written")
        }
        precondition((try? Corpus(decoding: written)) == corpus, "written and read, it is another corpus")
        return true
    }

    /// A corpus file around a body: magic, version, length, body, FNV-1a; see `CorpusFormat.swift`.
    private static func framed(_ body: [UInt8]) -> [UInt8] {
        let bytes = Array("PJYSCORP".utf8) + [1] + littleEndian(UInt64(body.count)) + body
        let hash = bytes.reduce(0xcbf2_9ce4_8422_2325) { ($0 ^ UInt64($1)) &* 0x100_0000_01b3 }
        return bytes + littleEndian(hash)
    }

    /// What stands in a corpus file between its length and its hash.
    static func body(ofCorpus bytes: [UInt8]) -> [UInt8] { Array(bytes.dropFirst(17).dropLast(8)) }

    private static func runSchedule(_ bytes: [UInt8]) -> Bool {
        guard let file = try? ScheduleFile(json: Data(bytes), named: "fuzz") else { return false }
        guard let written = try? file.json(), let again = try? ScheduleFile(json: written, named: "fuzz")
        else {
            preconditionFailure("what was read cannot be written and read")
        }
        precondition((try? again.json()) == written, "written and read, it is another file")
        return true
    }

    /// A file of safetensors around its header: the header's length, and weights of 0 up to 64 KiB.
    private static func framed(header: [UInt8]) -> [UInt8] {
        littleEndian(UInt64(header.count)) + header
            + [UInt8](repeating: 0, count: max(0, 1 << 16 - header.count))
    }

    private static func littleEndian(_ value: UInt64) -> [UInt8] {
        (0..<8).map { UInt8(truncatingIfNeeded: value >> (8 * $0)) }
    }

    private static func runModel(_ bytes: [UInt8]) -> Bool {
        let bytes = bytes.first == UInt8(ascii: "{") ? framed(header: bytes) : bytes
        // Models are mapped, so that they need a file: one in memory.
        var name = Array("/dev/shm/pianojys-fuzz-XXXXXX".utf8CString)
        let descriptor = mkstemp(&name)
        precondition(descriptor >= 0, "no file in memory: \(errno)")
        unlink(name)
        defer { close(descriptor) }
        let written = bytes.withUnsafeBytes { write(descriptor, $0.baseAddress, $0.count) }
        precondition(written == bytes.count, "no room for a file in memory")
        return (try? GridModel(path: "/proc/self/fd/\(descriptor)")) != nil
    }
}
