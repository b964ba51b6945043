import DiscreteDiffusion
import PianoRoll

/// What a piece gives and what is to be composed in it.
public struct CompositionTask: Hashable, Sendable {
    /// The piece: its length, its bars, and the cells that are given. What free cells hold is of no account.
    public let given: TokenGrid
    /// Whether each cell is to be composed, in the order of `given.tokens`.
    public let isFree: [Bool]

    /// Creates a task. A given hold after a free cell becomes a start, so that what is given keeps its pitch.
    ///
    /// - Precondition: `isFree` has an entry for each cell.
    public init(given: TokenGrid, isFree: [Bool]) {
        precondition(isFree.count == given.tokens.count, "\(isFree.count) flags, \(given.tokens.count) cells")
        var cut = given
        for lane in 0..<given.lanes where given.steps > 1 {
            for step in 1..<given.steps {
                let cell = step * given.lanes + lane
                guard !isFree[cell], isFree[cell - given.lanes] else { continue }
                cut[step, lane] = given.showing(step: step, lane: lane)
            }
        }
        for cell in isFree.indices where isFree[cell] { cut.tokens[cell] = Vocabulary.rest }
        self.given = cut
        self.isFree = isFree
    }

    /// A piece of so many steps of which nothing is given.
    public init(vocabulary: Vocabulary, lanes: Int, timing: TokenGrid.Timing = .init(), steps: Int) {
        let cells = max(0, steps) * lanes
        self.init(
            given: TokenGrid(
                vocabulary: vocabulary, lanes: lanes, timing: timing,
                tokens: Array(repeating: Vocabulary.rest, count: cells)),
            isFree: Array(repeating: true, count: cells))
    }

    /// Whether a cell is to be composed.
    public func isFree(step: Int, lane: Int) -> Bool { isFree[step * given.lanes + lane] }

    /// How many cells are to be composed.
    public var freeCount: Int { isFree.count { $0 } }

    private func cells(_ window: Range<Int>) -> Range<Int> {
        window.lowerBound * given.lanes..<window.upperBound * given.lanes
    }

    func hasFreeCell(in window: Range<Int>) -> Bool { isFree[cells(window)].contains(true) }

    /// What a window's sampling is given: the task's cells, and all that earlier windows have composed.
    ///
    /// A note that began before the window starts in its first step, as in the windows models are trained on.
    func pattern(of version: TokenGrid, window: Range<Int>, settledSteps: Int) -> [Token?] {
        let settled = settledSteps * given.lanes
        return cells(window).map { cell in
            guard cell < settled || !isFree[cell] else { return nil }
            let (step, lane) = cell.quotientAndRemainder(dividingBy: given.lanes)
            return step == window.lowerBound ? version.showing(step: step, lane: lane) : version.tokens[cell]
        }
    }

    /// Puts what was composed in a window in its place; what stood settled before stays.
    func place(
        _ sample: ArraySlice<Token>, window: Range<Int>, settledSteps: Int, in version: inout TokenGrid
    ) {
        for (cell, token) in zip(cells(window), sample)
        where isFree[cell] && cell >= settledSteps * given.lanes {
            version.tokens[cell] = token
        }
    }
}

extension TokenGrid {
    /// The token that shows what sounds in a cell without looking back: a start in place of a hold.
    func showing(step: Int, lane: Int) -> UInt16 {
        guard self[step, lane] == vocabulary.hold else { return self[step, lane] }
        return soundingPitch(step: step, lane: lane).flatMap { vocabulary.token(of: $0) } ?? Vocabulary.rest
    }
}
