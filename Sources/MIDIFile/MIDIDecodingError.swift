/// Why bytes cannot be read as a Standard MIDI File.
public enum MIDIDecodingError: Error, Hashable, Sendable, CustomStringConvertible {
    /// There are no bytes at all.
    case empty
    /// The bytes do not begin as a Standard MIDI File, nor as one wrapped in RIFF.
    case notMIDI
    /// A RIFF file of MIDI kind holds no MIDI data.
    case noDataInRIFF
    /// The file ends within its header; `length` is all the bytes there are.
    case headerCutOff(length: Int)
    /// The header says it is shorter than a header can be.
    case headerTooShort(length: Int)
    /// The header's division is no number of ticks: 0, or an unknown SMPTE rate.
    case unknownDivision(UInt16)
    /// There is a header and no track.
    case noTracks

    /// One line that says what is wrong.
    public var description: String {
        switch self {
        case .empty:
            "not a MIDI file: it is empty"
        case .notMIDI:
            "not a MIDI file: it does not begin with MThd"
        case .noDataInRIFF:
            "a RIFF file without MIDI data in it"
        case .headerCutOff(let length):
            "the MIDI header is cut off: the file ends after \(length) bytes"
        case .headerTooShort(let length):
            "the MIDI header says it is \(length) bytes long; it needs 6"
        case .unknownDivision(let division):
            "the MIDI header's division is \(division), which is no number of ticks"
        case .noTracks:
            "the MIDI file holds no track"
        }
    }
}
