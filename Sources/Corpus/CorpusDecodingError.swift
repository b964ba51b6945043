/// Why bytes are not a corpus.
public enum CorpusDecodingError: Error, Hashable, Sendable {
    /// The bytes do not begin as a corpus file does.
    case notACorpus
    /// The file is of a version that this program does not know.
    case unknownVersion(UInt8)
    /// The file is shorter than its header says.
    case cutOff(expected: UInt64, found: Int)
    /// The file is longer than its header says.
    case trailingBytes(Int)
    /// The hash at the end is not that of what stands before it.
    case wrongHash
    /// The hash is right, but what it covers breaks the format's rules.
    case malformed(offset: Int, what: String)
}

extension CorpusDecodingError: CustomStringConvertible {
    /// One line that says what is wrong, where, and what to do.
    public var description: String {
        switch self {
        case .notACorpus:
            "not a corpus file; 'pianojys corpus build' makes one from a folder of MIDI files"
        case .unknownVersion(let version):
            "corpus file of version \(version), but this program reads version \(CorpusFormat.version); build it anew"
        case .cutOff(let expected, let found):
            "corpus file cut off: \(found) of \(expected) bytes; copy or build it anew"
        case .trailingBytes(let count):
            "\(count) bytes follow the end of the corpus file; copy or build it anew"
        case .wrongHash:
            "corpus file damaged: its hash does not match its contents; copy or build it anew"
        case .malformed(let offset, let what):
            "corpus file damaged at byte \(offset): \(what); build it anew"
        }
    }
}
