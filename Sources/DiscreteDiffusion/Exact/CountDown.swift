/// The synthetic source of Jump Your Steps (arXiv 2410.07761, section 5): sequences that count down.
///
/// From v > 0 the next state is v - 1; after 0 comes a uniform draw, and so does the first cell.
public enum CountDown {
    /// The number of states.
    public static let stateCount = 32
    /// The number of cells of a sequence.
    public static let cellCount = 256

    /// The law of the sequences, of the paper's size unless said otherwise.
    ///
    /// - Precondition: `stateCount` is in 1 ..< 65,535, `cellCount` above 0.
    public static func source(
        stateCount: Int = CountDown.stateCount, cellCount: Int = CountDown.cellCount
    ) -> MarkovChain {
        precondition(
            (1..<Int(Token.max)).contains(stateCount) && cellCount > 0, "\(stateCount), \(cellCount)")
        let uniform = Array(repeating: 1 / Double(stateCount), count: stateCount)
        var transitions = Array(repeating: 0.0, count: stateCount * stateCount)
        for state in 0..<stateCount {
            transitions[state * stateCount + max(0, state - 1)] = 1
        }
        transitions.replaceSubrange(0..<stateCount, with: uniform)
        return MarkovChain(unchecked: cellCount, initial: uniform, transitions: transitions)
    }

    /// The exact denoiser, with 0.2 % of uniform draws mixed into its chain: one inconsistent cell would otherwise make
    /// all evidence impossible.
    public static func denoiser<Process: ForwardProcess>(
        process: Process, cellCount: Int = CountDown.cellCount
    ) -> MarkovChainDenoiser<Process> {
        let source = source(stateCount: process.stateCount, cellCount: cellCount)
        return MarkovChainDenoiser(chain: source.mixed(withUniform: 0.002), process: process)
    }

    /// The share of positions, of those that follow another, that break the rule.
    ///
    /// - Parameters:
    ///   - tokens: Sequences, `[count, D]`.
    ///   - cellCount: `D`.
    public static func errorRate(of tokens: [Token], cellCount: Int = CountDown.cellCount) -> Double {
        var (positions, faults) = (0, 0)
        for index in tokens.indices where index % cellCount != 0 {
            positions += 1
            let previous = tokens[index - 1]
            if previous > 0 && tokens[index] != previous - 1 { faults += 1 }
        }
        return positions == 0 ? 0 : Double(faults) / Double(positions)
    }
}
