import RealModule

/// The exact denoiser of a law that is written down: the posterior by Bayes' rule over all samples, for any process.
public struct TableDenoiser<Process: ForwardProcess>: Denoiser, Sendable {
    /// The law of the data.
    public let table: JointTable
    /// The noise whose posterior is computed.
    public let process: Process

    /// Creates the denoiser.
    ///
    /// - Precondition: The process has as many states as the table.
    public init(table: JointTable, process: Process) {
        precondition(
            table.stateCount == process.stateCount, "\(table.stateCount), \(process.stateCount) states")
        self.table = table
        self.process = process
    }

    /// The number of cells of the table's samples.
    public var cellCount: Int { table.cellCount }

    /// The number of states of the table's cells.
    public var stateCount: Int { table.stateCount }

    /// Computes the exact posterior; -infinity throughout for a sample that cannot occur.
    public func predict(
        tokens: Span<Token>, times: Span<Double>, logits: inout MutableSpan<Double>
    ) throws {
        var evidence = Array(repeating: 0.0, count: cellCount * stateCount)
        var posterior = evidence
        for sample in 0..<times.count {
            for cell in 0..<cellCount {
                let token = tokens[sample * cellCount + cell]
                for state in 0..<stateCount {
                    // A masked cell says nothing of x_0, at t = 0 too, where it has probability 0.
                    evidence[cell * stateCount + state] =
                        token == process.mask
                        ? 1
                        : process.marginal(
                            of: token, from: Token(state), at: process.hasMask ? 0 : times[sample])
                }
            }
            for index in posterior.indices { posterior[index] = 0 }
            for (number, probability) in table.probabilities.enumerated() where probability > 0 {
                accumulate(number: number, probability: probability, evidence: evidence, into: &posterior)
            }
            for (index, value) in posterior.enumerated() {
                logits[sample * posterior.count + index] = .log(value)
            }
        }
    }

    private func accumulate(
        number: Int, probability: Double, evidence: [Double], into posterior: inout [Double]
    ) {
        var (weight, rest) = (probability, number)
        for cell in (0..<cellCount).reversed() {
            weight *= evidence[cell * stateCount + rest % stateCount]
            rest /= stateCount
        }
        guard weight > 0 else { return }
        rest = number
        for cell in (0..<cellCount).reversed() {
            posterior[cell * stateCount + rest % stateCount] += weight
            rest /= stateCount
        }
    }
}
