/// A property of music whose distribution is compared between two sets of pieces.
public enum Feature: String, Hashable, Sendable, Codable, CaseIterable {
    /// The pitch class (0 is C) of each step of each note: long notes count for more.
    case pitchClass
    /// The semitones from each note of a lane to its next, up positive, rests between them passed over.
    case melodicInterval
    /// The length of each note, in `ticksPerQuarter`.
    case noteLength
    /// Where in its bar each note starts, in `ticksPerQuarter`. Depends on the meter: compare music of one meter.
    case onsetInBar
    /// The pitch classes that sound at each step, as a set of 12 bits (bit 0 is C); 0 for silence.
    case chord
    /// The semitones from each lane down to the next where both sound, at each step, kept apart by pair of lanes.
    case voiceSpacing

    /// The unit of lengths and places in the bar, so that grids of different steps can be compared.
    public static let ticksPerQuarter = 960

    /// The feature in words, for the head of a table.
    public var title: String {
        switch self {
        case .pitchClass: "pitch class"
        case .melodicInterval: "interval"
        case .noteLength: "length"
        case .onsetInBar: "onset"
        case .chord: "chord"
        case .voiceSpacing: "spacing"
        }
    }
}
