/// A fault of voice leading by the plain rules of school.
public enum VoiceLeadingFault: String, Hashable, Sendable, Codable, CaseIterable {
    /// Two lanes move in parallel fifths.
    case parallelFifths
    /// Two lanes move in parallel octaves or unisons.
    case parallelOctaves
    /// A lane rises above the one over it.
    case crossing
    /// A lane leaps by a seventh, or by more than an octave.
    case leap
    /// A note is outside its lane's range.
    case outOfRange

    /// Whether a lane that goes from one pitch to another without a rest leaps: by a seventh, or by more than an octave.
    public static func isLeap(from before: Int, to after: Int) -> Bool {
        let distance = abs(after - before)
        return distance == 10 || distance == 11 || distance > 12
    }

    /// The fault of two lanes that move together: both change their pitch, in the same direction, and the interval between them is a
    /// fifth (octave or unison), compounds included, before and after.
    ///
    /// - Parameters:
    ///   - before: The pitches of the two lanes at a step.
    ///   - after: The same at the step after.
    /// - Returns: `parallelFifths`, `parallelOctaves`, or nil.
    public static func parallel(from before: (Int, Int), to after: (Int, Int)) -> VoiceLeadingFault? {
        let together =
            (after.0 > before.0 && after.1 > before.1) || (after.0 < before.0 && after.1 < before.1)
        guard together else { return nil }
        switch (abs(before.0 - before.1) % 12, abs(after.0 - after.1) % 12) {
        case (7, 7): return .parallelFifths
        case (0, 0): return .parallelOctaves
        default: return nil
        }
    }

    /// The ranges of soprano, alto, tenor and bass, MIDI key numbers: C4-G5, G3-D5, C3-G4, E2-D4.
    ///
    /// Source: the limits that courses of four-part writing teach; these are those of fiveable.me, *Tonal Composition*,
    /// 4.1 "Four-part writing basics". Others differ by a tone or two, so only rates by one rule can be compared.
    public static let choirRanges: [ClosedRange<UInt8>] = [60...79, 55...74, 48...67, 40...62]
}
