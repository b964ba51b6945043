import PianoRoll

/// The bars of an endless piece as they are to be heard: in order, and where the next is not ready in time, the latest phrase once
/// more, so that the music does not stop.
///
/// A repeat begins with its held notes struck anew and ends as the phrase ended, so that what comes next joins it as it would
/// have joined the phrase.
public struct LiveBars {
    /// A stretch to be played.
    public struct Bar: Hashable, Sendable {
        /// Its cells as they stand in what is heard.
        public var grid: TokenGrid
        /// The keys pressed and released in it.
        public var events: [KeyEvent]
    }

    /// What became of the stream.
    public struct Report: Hashable, Sendable {
        /// Bars taken, repeated ones included.
        public var bars = 0
        /// How often a phrase was repeated because the next was not ready.
        public var repeats = 0
        /// How many bars were ready, at the fewest, when one was needed; nil while none was. Near the piece's end, when there are
        /// no more to make, they are not counted.
        public var smallestLead: Int?
    }

    /// What has become of the stream so far.
    public private(set) var report = Report()

    private let queue: BoundedQueue<TokenGrid>
    private let phraseBars: Int
    private var keys: KeyStream
    /// The latest bars, and the keys held when each began.
    private var latest: [(grid: TokenGrid, held: [UInt8?])] = []
    private var repeating: ArraySlice<TokenGrid> = []

    /// Reads bars from a queue.
    ///
    /// - Parameters:
    ///   - queue: Where they come from, as `EndlessPiece` composes them, cut into bars.
    ///   - lanes: Their lanes.
    ///   - phraseBars: How many bars are repeated together.
    public init(_ queue: BoundedQueue<TokenGrid>, lanes: Int, phraseBars: Int) {
        self.queue = queue
        self.phraseBars = max(1, phraseBars)
        keys = KeyStream(lanes: lanes)
    }

    /// The next bar; nil when the piece is over, or if not one bar has been ready yet.
    public mutating func next() -> Bar? {
        if let grid = repeating.popFirst() { return play(grid) }
        let isFinished = queue.isFinished
        switch queue.take() {
        case .element(let grid, let waiting):
            if !isFinished { report.smallestLead = min(report.smallestLead ?? waiting, waiting) }
            if latest.count == phraseBars { latest.removeFirst() }
            latest.append((grid, keys.held))
            return play(grid)
        case .empty:
            guard let first = latest.first else { return nil }
            report.repeats += 1
            report.smallestLead = 0
            repeating = latest.map(\.grid)[...]
            repeating[0] = first.grid.restarted(holding: first.held)
            return next()
        case .over: return nil
        }
    }

    private mutating func play(_ grid: TokenGrid) -> Bar {
        report.bars += 1
        return Bar(grid: grid, events: keys.read(grid))
    }
}

extension TokenGrid {
    /// The grid with a start in place of each hold that it begins with.
    fileprivate func restarted(holding held: [UInt8?]) -> TokenGrid {
        var result = self
        for lane in 0..<lanes where steps > 0 && self[0, lane] == vocabulary.hold {
            result[0, lane] = held[lane].flatMap { vocabulary.token(of: $0) } ?? Vocabulary.rest
        }
        return result
    }
}
