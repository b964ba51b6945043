/// A law of samples small enough to be written down: one probability for each of the `S^D` samples.
///
/// With it expectations are sums, so that what is estimated elsewhere can be computed.
public struct JointTable: Hashable, Sendable {
    /// The number of cells of a sample, `D`.
    public let cellCount: Int
    /// The number of states, `S`.
    public let stateCount: Int
    /// The probability of each sample, `[S^D]`; sample number `n` has its first cell as the highest digit.
    public let probabilities: [Double]

    /// Creates a table.
    ///
    /// - Throws: `JointTableError` if there are not `S^D` probabilities, at most 2^24, or they are no law (to 1e-9).
    public init(cellCount: Int, stateCount: Int, probabilities: [Double]) throws(JointTableError) {
        var size = 1
        for _ in 0..<max(0, cellCount) where size <= 1 << 24 { size *= max(0, min(stateCount, 1 << 24)) }
        guard cellCount > 0, stateCount > 0, size <= 1 << 24, probabilities.count == size else {
            throw .shape(cells: cellCount, states: stateCount, entries: probabilities.count)
        }
        guard probabilities.allSatisfy({ $0 >= 0 }), abs(probabilities.reduce(0, +) - 1) <= 1e-9 else {
            throw .notALaw
        }
        self.cellCount = cellCount
        self.stateCount = stateCount
        self.probabilities = probabilities
    }

    /// Writes down the law of a Markov chain.
    ///
    /// - Throws: `JointTableError` if it has more than 2^24 sequences.
    public init(_ chain: MarkovChain) throws(JointTableError) {
        var size = 1
        for _ in 0..<chain.cellCount where size <= 1 << 24 { size *= chain.stateCount }
        guard size <= 1 << 24 else {
            throw .shape(cells: chain.cellCount, states: chain.stateCount, entries: 0)
        }
        let (cells, states) = (chain.cellCount, chain.stateCount)
        try self.init(
            cellCount: cells, stateCount: states,
            probabilities: (0..<size).map {
                chain.probability(of: Self.sample(number: $0, cellCount: cells, base: states))
            })
    }

    /// The sample with a number, `[D]`.
    public func sample(number: Int) -> [Token] {
        Self.sample(number: number, cellCount: cellCount, base: stateCount)
    }

    /// The number of a sample.
    public func number(of sample: some Collection<Token>) -> Int {
        sample.reduce(0) { $0 * stateCount + Int($1) }
    }

    /// The digits of a number, the highest first: also of noised samples, whose base is one larger with a mask.
    package static func sample(number: Int, cellCount: Int, base: Int) -> [Token] {
        var (rest, digits) = (number, [Token](repeating: 0, count: cellCount))
        for cell in (0..<cellCount).reversed() {
            digits[cell] = Token(rest % base)
            rest /= base
        }
        return digits
    }
}

/// Why something is no table of probabilities.
public enum JointTableError: Error, Equatable, Sendable, CustomStringConvertible {
    /// The number of entries is not `S^D`, or too large.
    case shape(cells: Int, states: Int, entries: Int)
    /// The probabilities do not sum to 1, or one is negative.
    case notALaw

    /// One line for the user.
    public var description: String {
        switch self {
        case .shape(let cells, let states, let entries):
            "a table for \(cells) cells of \(states) states has \(states)^\(cells) entries, at most 2^24; given \(entries)"
        case .notALaw: "the probabilities of the table are no law: entries from 0 up, sum 1"
        }
    }
}
