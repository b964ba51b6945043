/// Values that tokens stand for and that are compared with each other, such as pitches: the network is told how far apart
/// those are that are shown, and says of a cell how likely each distance from them is. So what it learns at one pitch
/// holds at all.
public struct Relations: Hashable, Sendable, Codable {
    /// The first token that is a value; those above follow in order.
    public var first: Int
    /// The token of a cell whose value is that of the step before it; nil if there is none.
    public var carried: Int?
    /// The largest distance that counts.
    public var limit: Int

    /// Creates relations.
    public init(first: Int, carried: Int? = nil, limit: Int = 36) {
        self.first = first
        self.carried = carried
        self.limit = limit
    }

    /// Distances that can be told apart.
    var distances: Int { 2 * limit + 1 }

    /// Values that a cell is compared with: its lane's nearest before and after, and those of the other lanes at its step.
    func references(lanes: Int) -> Int { lanes + 1 }

    /// The sizes of the features a step has besides: the distance of each pair of lanes, and of each lane from its
    /// nearest value before.
    func featureSizes(lanes: Int) -> [Int] {
        Array(repeating: distances, count: lanes * (lanes - 1) / 2 + lanes)
    }

    /// The values of a sample that are shown, and those nearest to each cell in its lane.
    struct Values {
        /// `[steps, lanes]`: the value at each cell, and the nearest in its lane before and after; -1 for none.
        var here, before, after: [Int32]
    }

    /// Reads the values off a sample.
    ///
    /// - Parameters:
    ///   - tokens: `[steps, lanes]`.
    ///   - states: The tokens from here on are no values: MASK and padding.
    func values(_ tokens: Span<UInt16>, lanes: Int, states: Int) -> Values {
        let count = tokens.count
        var here = [Int32](repeating: -1, count: count)
        var (before, after) = (here, here)
        for cell in 0..<count {
            let token = Int(tokens[cell])
            let previous = cell - lanes
            if first <= token && token < states {
                here[cell] = Int32(token - first)
            } else if token == carried, previous >= 0 {
                here[cell] = here[previous]
            }
            if previous >= 0 { before[cell] = here[previous] >= 0 ? here[previous] : before[previous] }
        }
        for cell in stride(from: count - lanes - 1, through: 0, by: -1) {
            let next = cell + lanes
            after[cell] = here[next] >= 0 ? here[next] : after[next]
        }
        return Values(here: here, before: before, after: after)
    }

    /// Writes down the values that each cell is compared with, `[steps, lanes, references]`: its lane's before and after, then
    /// those of the other lanes in order.
    func writeReferences(_ values: Values, lanes: Int, into target: inout [Int32], at start: Int) {
        var slot = start
        for cell in values.here.indices {
            target[slot] = values.before[cell]
            target[slot + 1] = values.after[cell]
            slot += 2
            let (step, own) = (cell / lanes, cell % lanes)
            for lane in 0..<lanes where lane != own {
                target[slot] = values.here[step * lanes + lane]
                slot += 1
            }
        }
    }

    /// The features of a step, in the order of `featureSizes`; -1 for none.
    func features(_ values: Values, step: Int, lanes: Int, _ body: (Int32) -> Void) {
        func distance(_ a: Int32, _ b: Int32) -> Int32 {
            guard a >= 0 && b >= 0 else { return -1 }
            return max(-Int32(limit), min(Int32(limit), a - b)) + Int32(limit)
        }
        let row = step * lanes
        for upper in 0..<lanes {
            for lower in upper + 1..<max(lanes, upper + 1) {
                body(distance(values.here[row + upper], values.here[row + lower]))
            }
        }
        for lane in 0..<lanes { body(distance(values.here[row + lane], values.before[row + lane])) }
    }
}
