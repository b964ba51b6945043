import PianoRoll

/// A piece of which some cells are known and the rest is to be composed.
public struct Draft: Hashable, Sendable {
    /// What the tokens stand for.
    public let vocabulary: Vocabulary
    /// Voices.
    public let lanes: Int
    /// How the piece lies on bars.
    public let timing: TokenGrid.Timing
    /// The cells, step by step and lane by lane; nil where the piece is free.
    public let cells: [UInt16?]
    /// Whether the last step is the end of the piece, so that it should close there.
    public let endsPiece: Bool

    /// Steps of the piece.
    public var steps: Int { cells.count / lanes }

    /// A piece of which nothing is known.
    public init(
        emptySteps steps: Int, vocabulary: Vocabulary, lanes: Int, timing: TokenGrid.Timing = .init(),
        endsPiece: Bool = true
    ) {
        self.init(
            vocabulary: vocabulary, lanes: lanes, timing: timing,
            cells: [UInt16?](repeating: nil, count: steps * lanes), endsPiece: endsPiece)
    }

    /// A piece whose first steps are given: what follows `prompt` is free, up to `steps` in all.
    public init(continuing prompt: TokenGrid, to steps: Int, endsPiece: Bool = true) {
        let known = prompt.tokens.prefix(steps * prompt.lanes)
        self.init(
            vocabulary: prompt.vocabulary, lanes: prompt.lanes, timing: prompt.timing,
            cells: known.map { $0 } + [UInt16?](repeating: nil, count: max(0, steps * prompt.lanes - known.count)),
            endsPiece: endsPiece)
    }

    /// A piece of which the given lanes are kept and the others are free: a harmonisation.
    public init(keeping kept: Set<Int>, of grid: TokenGrid) {
        self.init(grid) { _, lane in !kept.contains(lane) }
    }

    /// A piece that is free in the given steps of the given lanes and kept elsewhere.
    ///
    /// A note that sounds on beyond the region is struck again where the region ends, so that what sounds outside
    /// stays as it was.
    public init(freeing steps: Range<Int>, lanes free: Set<Int>, of grid: TokenGrid) {
        var grid = grid
        if steps.upperBound < grid.steps, let hold = grid.vocabulary.hold {
            for lane in free where grid[steps.upperBound, lane] == hold {
                guard let pitch = grid.soundingPitch(step: steps.upperBound, lane: lane),
                    let token = grid.vocabulary.token(of: pitch)
                else { continue }
                grid[steps.upperBound, lane] = token
            }
        }
        self.init(grid) { step, lane in steps.contains(step) && free.contains(lane) }
    }

    private init(_ grid: TokenGrid, isFree: (_ step: Int, _ lane: Int) -> Bool) {
        self.init(
            vocabulary: grid.vocabulary, lanes: grid.lanes, timing: grid.timing,
            cells: grid.tokens.indices.map {
                isFree($0 / grid.lanes, $0 % grid.lanes) ? nil : grid.tokens[$0]
            },
            endsPiece: true)
    }

    private init(
        vocabulary: Vocabulary, lanes: Int, timing: TokenGrid.Timing, cells: [UInt16?], endsPiece: Bool
    ) {
        self.vocabulary = vocabulary
        self.lanes = lanes
        self.timing = timing
        self.cells = cells
        self.endsPiece = endsPiece
    }
}
