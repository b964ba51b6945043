/// A law of sequences in which each cell depends on the one before it: a source whose exact posterior can be computed.
public struct MarkovChain: Hashable, Sendable {
    /// The number of cells of a sequence, `D`.
    public let cellCount: Int
    /// The number of states, `S`.
    public let stateCount: Int
    /// The law of the first cell, `[S]`.
    public let initial: [Double]
    /// `p(next = j | present = i)` at `i * S + j`.
    public let transitions: [Double]

    /// Creates a chain.
    ///
    /// - Throws: `MarkovChainError` if the sizes do not fit or a row is no law (to 1e-9).
    public init(cellCount: Int, initial: [Double], transitions: [Double]) throws(MarkovChainError) {
        let stateCount = initial.count
        guard cellCount > 0, (1..<Int(Token.max)).contains(stateCount),
            transitions.count == stateCount * stateCount
        else {
            throw .shape(cells: cellCount, states: stateCount, transitions: transitions.count)
        }
        guard Self.isLaw(initial[...]) else { throw .notALaw(row: nil) }
        for row in 0..<stateCount {
            guard Self.isLaw(transitions[row * stateCount..<(row + 1) * stateCount]) else {
                throw .notALaw(row: row)
            }
        }
        self.init(unchecked: cellCount, initial: initial, transitions: transitions)
    }

    init(unchecked cellCount: Int, initial: [Double], transitions: [Double]) {
        self.cellCount = cellCount
        stateCount = initial.count
        self.initial = initial
        self.transitions = transitions
    }

    private static func isLaw(_ row: ArraySlice<Double>) -> Bool {
        row.allSatisfy { $0 >= 0 } && abs(row.reduce(0, +) - 1) <= 1e-9
    }

    /// The chain whose every transition is, with probability `share`, a uniform draw.
    ///
    /// No sequence is then impossible: a posterior exists whatever a sampler has put into a cell.
    ///
    /// - Precondition: `share` is in 0...1.
    public func mixed(withUniform share: Double) -> MarkovChain {
        precondition(share >= 0 && share <= 1, "share \(share)")
        let floor = share / Double(stateCount)
        return MarkovChain(
            unchecked: cellCount, initial: initial.map { $0 * (1 - share) + floor },
            transitions: transitions.map { $0 * (1 - share) + floor })
    }

    /// Draws a sequence, `[D]`.
    public func draw(using generator: inout some RandomNumberGenerator) -> [Token] {
        var sequence: [Token] = []
        sequence.reserveCapacity(cellCount)
        var state = generator.drawIndex(weights: initial.span, total: 1)
        sequence.append(Token(state))
        while sequence.count < cellCount {
            let row = transitions.span.extracting(state * stateCount..<(state + 1) * stateCount)
            state = generator.drawIndex(weights: row, total: 1)
            sequence.append(Token(state))
        }
        return sequence
    }

    /// Draws sequences, `[count, D]`; sequence i comes from stream i of the seed.
    public func draw(count: Int, seed: UInt64) -> [Token] {
        (0..<count).flatMap { index in
            var generator = CounterGenerator(seed: seed, for: .data, stream: UInt64(index))
            return draw(using: &generator)
        }
    }

    /// The probability of a sequence.
    public func probability(of sequence: some Collection<Token>) -> Double {
        var result = 1.0
        var previous: Int?
        for state in sequence.lazy.map(Int.init) {
            result *= previous.map { transitions[$0 * stateCount + state] } ?? initial[state]
            previous = state
        }
        return result
    }
}

/// Why something is no Markov chain, or why its posterior does not exist.
public enum MarkovChainError: Error, Equatable, Sendable, CustomStringConvertible {
    /// Numbers of cells, states and transitions that do not belong together.
    case shape(cells: Int, states: Int, transitions: Int)
    /// A row of the transitions, or the law of the first cell if nil, that does not sum to 1 or has a negative entry.
    case notALaw(row: Int?)
    /// A sample that the chain and the noise cannot produce, found out at a cell.
    case impossible(sample: Int, cell: Int)

    /// One line for the user.
    public var description: String {
        switch self {
        case .shape(let cells, let states, let transitions):
            "a Markov chain of \(cells) cells and \(states) states needs \(states) x \(states) transitions, not "
                + "\(transitions), and at least one of each"
        case .notALaw(let row?): "row \(row) of the transitions is no law: entries from 0 up, sum 1"
        case .notALaw(nil): "the law of the first cell is no law: entries from 0 up, sum 1"
        case .impossible(let sample, let cell):
            "sample \(sample) is impossible under the chain from cell \(cell) on; mix some uniform into it"
        }
    }
}
