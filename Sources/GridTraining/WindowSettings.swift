/// How windows of pieces are drawn in training.
public struct WindowSettings: Hashable, Sendable, Codable {
    /// The share of windows in which something is known from the start: a prefix, whole lanes, all but a region.
    public var conditionalShare = 0.25
    /// How far windows are transposed, in semitones, as far as they stay in the vocabulary.
    public var transposition: ClosedRange<Int> = -5...6

    /// The usual settings.
    public init() {}

    /// What is wrong with the settings, or nil.
    public var fault: String? {
        if transposition.lowerBound < -64 || transposition.upperBound > 64 {
            return "transposition \(transposition)"
        }
        return (0...1).contains(conditionalShare) ? nil : "conditional share \(conditionalShare)"
    }
}
