import RealModule

/// The exact denoiser of a law that is written down: the posterior by Bayes' rule over all samples, for any process.
public struct TableDenoiser<Process: ForwardProcess>: Denoiser, Sendable {
    /// The law of the data.
    public let table: JointTable
    /// The noise whose posterior is computed.
    public let process: Process
    /// The samples that occur, `[n, D]`, and their probabilities, `[n]`.
    private let samples: [Int]
    private let probabilities: [Double]

    /// Creates the denoiser.
    ///
    /// - Precondition: The process has as many states as the table.
    public init(table: JointTable, process: Process) {
        precondition(
            table.stateCount == process.stateCount, "\(table.stateCount), \(process.stateCount) states")
        self.table = table
        self.process = process
        let numbers = table.probabilities.indices.filter { table.probabilities[$0] > 0 }
        samples = numbers.flatMap { table.sample(number: $0).map(Int.init) }
        probabilities = numbers.map { table.probabilities[$0] }
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
                var whole = evidence.mutableSpan
                var row = whole.extracting(cell * stateCount..<(cell + 1) * stateCount)
                if token == process.mask {
                    // A masked cell says nothing of x_0, at t = 0 too, where it has probability 0.
                    for state in 0..<stateCount { row[state] = 1 }
                } else {
                    process.likelihoods(of: token, at: process.hasMask ? 0 : times[sample], into: &row)
                }
            }
            for index in posterior.indices { posterior[index] = 0 }
            accumulate(evidence, into: &posterior)
            for (index, value) in posterior.enumerated() {
                logits[sample * posterior.count + index] = .log(value)
            }
        }
    }

    /// Adds to every cell's posterior the weight of each sample, probability times evidence.
    private func accumulate(_ evidence: [Double], into posterior: inout [Double]) {
        let (samples, evidence) = (samples.span, evidence.span)
        var output = posterior.mutableSpan
        for (number, probability) in probabilities.enumerated() {
            // In range: `samples` holds states, of which each cell has one. Checked accesses take twice as long.
            var weight = probability
            for cell in 0..<cellCount {
                weight *=
                    evidence[unchecked: cell * stateCount + samples[unchecked: number * cellCount + cell]]
            }
            for cell in 0..<cellCount {
                output[unchecked: cell * stateCount + samples[unchecked: number * cellCount + cell]] += weight
            }
        }
    }
}
