/// Something in a MIDI file's music that is not as it should be, and what was made of it; told once a kind.
public struct ScoreWarning: Hashable, Sendable, CustomStringConvertible {
    /// What is not as it should be.
    public enum Kind: Hashable, Sendable, CaseIterable {
        /// A note starts on a key that sounds already; the sounding note ends there.
        case restartedNote
        /// Two notes start on one key at one tick; the later in the file was kept.
        case doubledNote
        /// A note-off finds no note; passed over.
        case strayNoteOff
        /// A note is never let go; it ends with its track.
        case missingNoteOff
        /// A note ends where it starts; it lasts one tick.
        case zeroLengthNote
        /// A tempo of 0; passed over.
        case badTempo
        /// A meter that is none, such as 0/4; passed over.
        case badMeter
        /// A key signature of more than seven sharps or flats; passed over.
        case badKey

        var explanation: String {
            switch self {
            case .restartedNote: "a key is pressed that is down already; the note before ends there"
            case .doubledNote: "a key is pressed twice at once; kept one"
            case .strayNoteOff: "a key is let go that is not down; passed over"
            case .missingNoteOff: "a key is never let go; its note ends with the track"
            case .zeroLengthNote: "a note ends where it starts; made one tick long"
            case .badTempo: "a tempo of 0; passed over"
            case .badMeter: "an impossible meter; passed over"
            case .badKey: "an impossible key signature; passed over"
            }
        }
    }

    /// What is not as it should be.
    public var kind: Kind
    /// Where it was met first, in ticks of the score.
    public var tick: Int
    /// The track of the file in which it was met first.
    public var track: Int
    /// How often it was met.
    public var count: Int

    /// Creates a warning.
    public init(kind: Kind, tick: Int, track: Int, count: Int = 1) {
        self.kind = kind
        self.tick = tick
        self.track = track
        self.count = count
    }

    /// One line that says what is wrong and where, and what was made of it.
    public var description: String {
        "track \(track), tick \(tick): \(kind.explanation)" + (count > 1 ? " (\(count) times)" : "")
    }
}

extension [ScoreWarning] {
    /// Notes that something was met, once a kind.
    mutating func note(_ kind: ScoreWarning.Kind, tick: Int, track: Int) {
        if let index = firstIndex(where: { $0.kind == kind }) {
            self[index].count += 1
        } else {
            append(ScoreWarning(kind: kind, tick: tick, track: track))
        }
    }
}
