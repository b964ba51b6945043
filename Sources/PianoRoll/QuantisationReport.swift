/// What became of a score's notes on the way to a grid: nothing is lost without being told here.
public struct QuantisationReport: Hashable, Sendable {
    /// Why a note is not in the grid.
    public enum Loss: String, Hashable, Sendable, CaseIterable, Codable {
        /// It is on the drum channel.
        case drum
        /// Its pitch has no token in the vocabulary.
        case outOfRange
        /// It sounds when every lane it could go to is taken.
        case surplus
        /// It falls on the step of the note before or after it in its voice, which lies nearer to the step.
        case collision

        var explanation: String {
            switch self {
            case .drum: "on the drum channel"
            case .outOfRange: "out of range"
            case .surplus: "more than the lanes can hold"
            case .collision: "too fast for the grid"
            }
        }
    }

    /// A note that is not in the grid.
    public struct LostNote: Hashable, Sendable {
        /// The note.
        public var note: Note
        /// Why it is not there.
        public var reason: Loss

        /// Creates an entry.
        public init(note: Note, reason: Loss) {
            self.note = note
            self.reason = reason
        }
    }

    /// How many notes the score has.
    public var noteCount = 0
    /// How many of them are in the grid.
    public var placedCount = 0
    /// How many placed notes do not start and end on a step exactly.
    public var movedCount = 0
    /// Mean shift of the starts and ends of placed notes, in ticks.
    public var meanShift = 0.0
    /// Largest shift of a start or an end of a placed note, in ticks.
    public var largestShift = 0.0
    /// How many moved notes start on a third of a quarter or an eighth: triplets, which a grid of 12 steps a quarter holds.
    public var tripletCount = 0
    /// How many placed notes were cut by a step or more because the next note of their lane begins.
    public var shortenedCount = 0
    /// How many placed notes run on from one of the same pitch and cannot be told from it; sustain encoding only.
    public var mergedCount = 0
    /// The notes that are not in the grid, in order of start.
    public var lostNotes: [LostNote] = []
    /// How many changes of meter the grid does not show; it has one meter, and a pickup.
    public var ignoredMeterCount = 0
    /// How the notes were told apart into lanes; never `automatic`.
    public var voices: Score.VoiceAssignment = .trackOrder

    /// Creates an empty report.
    public init() {}

    /// Whether every note is in the grid, told apart and as long as it was, to the step.
    public var isComplete: Bool { lostNotes.isEmpty && shortenedCount == 0 && mergedCount == 0 }

    /// How many notes are not in the grid for a reason.
    public func lostCount(_ reason: Loss) -> Int { lostNotes.count { $0.reason == reason } }
}

extension QuantisationReport: CustomStringConvertible {
    /// What became of the notes, a line for each thing that happened.
    public var description: String {
        var lines = ["\(placedCount) of \(noteCount) notes placed, lanes by \(voices.rawValue)"]
        if movedCount > 0 {
            lines.append(
                "\(movedCount) moved to the grid: by \(Self.rounded(meanShift)) ticks in the mean, "
                    + "\(Self.rounded(largestShift)) at most")
        }
        if tripletCount > 0 {
            lines.append("\(tripletCount) of them are triplets, which 12 steps a quarter hold")
        }
        for reason in Loss.allCases {
            let lost = lostNotes.filter { $0.reason == reason }
            guard let first = lost.first?.note else { continue }
            lines.append(
                "\(lost.count) left out, \(reason.explanation); the first at tick \(first.startTick)")
        }
        if shortenedCount > 0 { lines.append("\(shortenedCount) cut short by the next note of the lane") }
        if mergedCount > 0 { lines.append("\(mergedCount) repeated notes run on from the note before") }
        if ignoredMeterCount > 0 {
            let changes = ignoredMeterCount == 1 ? "change" : "changes"
            lines.append("\(ignoredMeterCount) \(changes) of meter not shown")
        }
        return lines.joined(separator: "\n")
    }

    private static func rounded(_ value: Double) -> Double { (value * 10).rounded() / 10 }
}
