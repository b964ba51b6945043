/// Something in a file that is not as it should be, and what was made of it. Each kind is told once a file.
public struct MIDIDecodingWarning: Hashable, Sendable, CustomStringConvertible {
    /// What is not as it should be.
    public enum Kind: Hashable, Sendable, CaseIterable {
        /// The header's format is none of 0, 1 and 2; read as 1.
        case unknownFormat
        /// A format 0 file with several tracks; read as format 1.
        case severalTracksInFormat0
        /// The header counts other than there are; those that are there were read.
        case trackCount
        /// A chunk's length does not agree with what is in it; what is in it was believed.
        case chunkLength
        /// A chunk that is neither header nor track; skipped.
        case unknownChunk
        /// Bytes that belong to no chunk; skipped.
        case strayBytes
        /// A track does not say where it ends; it ends with its last event.
        case missingEndOfTrack
        /// The file or track ends within an event; that event was dropped, or its bytes cut.
        case cutOff
        /// A number takes more than four bytes; its lowest 28 bits were taken.
        case longQuantity
        /// A status byte is left out after a meta or system exclusive event; the one before it holds on.
        case runningStatusAfterMeta
        /// Data bytes with no status byte before them; skipped.
        case dataWithoutStatus
        /// A data byte above 127; taken as 127.
        case dataAbove127
        /// A message that has no place in a file, such as a clock; skipped.
        case systemMessage
        /// A meta event has not the form of its type, the length as a rule; kept as bytes.
        case metaLength

        var explanation: String {
            switch self {
            case .unknownFormat: "the format is none of 0, 1 and 2; read as 1"
            case .severalTracksInFormat0: "several tracks in a file of format 0; read as format 1"
            case .trackCount: "the header counts other tracks than there are; read those there are"
            case .chunkLength: "a chunk's length is wrong; read by what is in it"
            case .unknownChunk: "a chunk of unknown kind; skipped"
            case .strayBytes: "bytes that belong to no chunk; skipped"
            case .missingEndOfTrack: "a track without its end; ended with its last event"
            case .cutOff: "an event is cut off; dropped"
            case .longQuantity: "a number of more than four bytes; took its lowest 28 bits"
            case .runningStatusAfterMeta: "running status after a meta event; took the status before it"
            case .dataWithoutStatus: "data without a status; skipped"
            case .dataAbove127: "a data byte above 127; took 127"
            case .systemMessage: "a message that has no place in a file; skipped"
            case .metaLength: "a meta event of the wrong length or form; kept as bytes"
            }
        }
    }

    /// What is not as it should be.
    public var kind: Kind
    /// Where it was met first: the number of the byte in the file, from 0.
    public var offset: Int
    /// How often it was met.
    public var count: Int

    /// Creates a warning.
    public init(kind: Kind, offset: Int, count: Int = 1) {
        self.kind = kind
        self.offset = offset
        self.count = count
    }

    /// One line that says what is wrong and where, and what was made of it.
    public var description: String {
        "byte \(offset): \(kind.explanation)" + (count > 1 ? " (\(count) times)" : "")
    }
}

extension [MIDIDecodingWarning] {
    /// Notes that something was met, once a kind.
    mutating func note(_ kind: MIDIDecodingWarning.Kind, at offset: Int) {
        if let index = firstIndex(where: { $0.kind == kind }) {
            self[index].count += 1
        } else {
            append(MIDIDecodingWarning(kind: kind, offset: offset))
        }
    }
}
