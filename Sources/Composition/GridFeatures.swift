import PianoRoll

/// What the model is told of each step of a grid besides its tokens: where it lies in its bar, how long the bar is,
/// how far off the piece's beginning and end are, and by how much the piece has been transposed.
///
/// The last keeps transposed copies of the training pieces from leaking into what is composed: asked for a piece that
/// has not been transposed, the model stays in the keys and the compass of its corpus, and still learns from all copies.
/// (Non-leaky augmentation: Jun et al., ICML 2020; Karras et al. 2022, arXiv 2206.00364, appendix F.2.)
///
/// Each step has `count` features, each a small number that chooses a row of the model's embedding.
public struct GridFeatures: Hashable, Sendable {
    /// Features of a step.
    public static let count = 5
    /// How many values each feature can take: the place in the bar, the steps of a bar, the distance from the
    /// beginning, that to the end, and the transposition.
    public static let sizes = [barLimit, barLimit + 1, edgeLimit + 1, edgeLimit + 1, 2 * shiftLimit + 2]
    /// The sizes for a model that is told the time besides, in 256 levels.
    public static func sizes(tellingTime: Bool) -> [Int] { sizes + (tellingTime ? [256] : []) }
    private static let barLimit = 48
    private static let edgeLimit = 32
    private static let shiftLimit = 6

    /// The features of a window's steps, `[steps, count]`.
    public let values: [Int32]

    /// The features of a window of a piece.
    ///
    /// - Parameters:
    ///   - timing: How the piece's step 0 lies in its bar.
    ///   - window: The steps of the piece that the window shows.
    ///   - pieceSteps: Steps of the whole piece; nil if its end is not in sight.
    ///   - transposition: By how many semitones the piece was transposed, 0 for a piece as it was written; nil, or
    ///     beyond -6...6, where that is not told.
    ///   - edges: Whether beginning and end are told; if not, every step looks like the middle of a piece.
    public init(
        timing: TokenGrid.Timing, window: Range<Int>, pieceSteps: Int?, transposition: Int?,
        edges: Bool = true
    ) {
        let isTold = transposition.map { abs($0) <= Self.shiftLimit } ?? false
        let shift = isTold ? Int32((transposition ?? 0) + Self.shiftLimit + 1) : 0
        let bar = Int32(min(timing.stepsPerBar, Self.barLimit))
        var values: [Int32] = []
        values.reserveCapacity(window.count * Self.count)
        for step in window {
            let toEnd = pieceSteps.map { $0 - 1 - step } ?? Self.edgeLimit
            values.append(Int32(min(timing.positionInBar(ofStep: step), Self.barLimit - 1)))
            values.append(bar)
            values.append(edges ? Int32(min(step, Self.edgeLimit)) : Int32(Self.edgeLimit))
            values.append(edges ? Int32(max(0, min(toEnd, Self.edgeLimit))) : Int32(Self.edgeLimit))
            values.append(shift)
        }
        self.values = values
    }

    /// Adds semitones to the transposition that features tell, where they tell one; beyond what can be told it is told no more.
    ///
    /// - Parameter values: Features of steps, `[steps, count]`; negative for no step.
    public static func transpose(_ values: inout [Int32], by semitones: Int) {
        for index in stride(from: count - 1, to: values.count, by: count) where values[index] > 0 {
            let shift = Int(values[index]) - shiftLimit - 1 + semitones
            values[index] = abs(shift) <= shiftLimit ? Int32(shift + shiftLimit + 1) : 0
        }
    }
}
