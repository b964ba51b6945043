/// Why a `MIDIFile` cannot be written: something in it has no place in the format.
public enum MIDIEncodingError: Error, Hashable, Sendable, CustomStringConvertible {
    /// The number of tracks is 0, above 65,535, or not 1 in format 0.
    case trackCount(Int, MIDIFile.Format)
    /// The division is not 1...32,767 ticks a quarter or 1...255 ticks a frame.
    case division(Int)
    /// An event comes before the one written ahead of it, or after its track's end.
    case order(track: Int, tick: Int)
    /// Two events of a track lie further apart than the format can say, or a text is longer.
    case tooLong(track: Int, tick: Int)
    /// A value does not fit its field.
    case valueOutOfRange(track: Int, tick: Int, MIDIFile.Event)

    /// One line that says what is wrong and where.
    public var description: String {
        switch self {
        case .trackCount(let count, let format):
            "a MIDI file of format \(format.rawValue) cannot have \(count) tracks"
        case .division(let division):
            "a MIDI file cannot have \(division) ticks to a quarter or frame"
        case .order(let track, let tick):
            "track \(track): the events are not in order at tick \(tick)"
        case .tooLong(let track, let tick):
            "track \(track): a gap or text at tick \(tick) is longer than MIDI allows (268,435,455)"
        case .valueOutOfRange(let track, let tick, let event):
            "track \(track), tick \(tick): a value is out of range in \(event)"
        }
    }
}
