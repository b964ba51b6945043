import RealModule

/// The exact denoiser of a Markov chain: the posterior by the forward-backward recursion, for any process.
///
/// A cell's evidence is `q_t(x_t | x_0)`; a masked cell's is the same for every x_0. Messages are rescaled in every
/// cell, so that long sequences do not underflow. Cost: `2 D S^2` a sample, `O(D S)` where rows of the transitions are constant but for a few
/// entries.
public struct MarkovChainDenoiser<Process: ForwardProcess>: Denoiser, Sendable {
    /// The law of the data.
    public let chain: MarkovChain
    /// The noise whose posterior is computed.
    public let process: Process
    /// Cells that a task gives, `[D]`: taken to be clean whatever t; nil if none.
    public let known: [Bool]?

    private let transitions: FlooredMatrix
    /// `transitions[j, i]`: the backward recursion reads columns.
    private let transposed: FlooredMatrix

    /// Creates the denoiser.
    ///
    /// - Precondition: The process has as many states as the chain; `known` has a flag for every cell.
    public init(chain: MarkovChain, process: Process, known: [Bool]? = nil) {
        precondition(
            chain.stateCount == process.stateCount, "\(chain.stateCount), \(process.stateCount) states")
        precondition(known.map { $0.count == chain.cellCount } ?? true, "a known-flag for every cell")
        self.chain = chain
        self.process = process
        self.known = known
        let states = chain.stateCount
        transitions = FlooredMatrix(chain.transitions, size: states)
        transposed = FlooredMatrix(
            (0..<states * states).map { chain.transitions[$0 % states * states + $0 / states] }, size: states)
    }

    /// The number of cells of the chain.
    public var cellCount: Int { chain.cellCount }

    /// The number of states of the chain.
    public var stateCount: Int { chain.stateCount }

    /// Computes the exact posterior.
    ///
    /// - Throws: `MarkovChainError.impossible` if a sample has probability 0 under the chain and the noise.
    public func predict(
        tokens: Span<Token>, times: Span<Double>, logits: inout MutableSpan<Double>
    ) throws {
        var work = Messages(cells: cellCount, states: stateCount)
        for sample in 0..<times.count {
            if sample == 0 || times[sample] != times[sample - 1] {
                work.likelihood = likelihoods(at: times[sample])
            }
            for cell in 0..<cellCount {
                fillEvidence(&work, cell: cell, token: Int(tokens[sample * cellCount + cell]))
            }
            if let cell = forward(&work) {
                throw MarkovChainError.impossible(sample: sample, cell: cell)
            }
            backward(work, logits: &logits, offset: sample * cellCount * stateCount)
        }
    }

    private struct Messages {
        /// What each token says of the state behind it, `[T, S]`.
        var likelihood: [Double] = []
        /// `q_t(x_t | x_0)`, `[D, S]`.
        var evidence: [Double]
        /// `p(x_0^d, x_t^0 ... x_t^d)` up to a factor a cell, `[D, S]`.
        var forward: [Double]

        init(cells: Int, states: Int) {
            evidence = Array(repeating: 0, count: cells * states)
            forward = evidence
        }
    }

    /// What each token says of the state behind it, `[T, S]`.
    private func likelihoods(at time: Double) -> [Double] {
        (0..<process.tokenCount * stateCount).map { index in
            let (token, state) = (Token(index / stateCount), Token(index % stateCount))
            // Under a mask every state is as likely, and what is not masked is clean, whatever the time.
            if process.hasMask { return token == process.mask || token == state ? 1 : 0 }
            return process.marginal(of: token, from: state, at: time)
        }
    }

    private func fillEvidence(_ work: inout Messages, cell: Int, token: Int) {
        let (start, row) = (cell * stateCount, token * stateCount)
        let isKnown = known?[cell] == true
        for state in 0..<stateCount {
            work.evidence[start + state] = isKnown ? (state == token ? 1 : 0) : work.likelihood[row + state]
        }
    }

    /// Runs the forward recursion; returns the cell at which the evidence becomes impossible, if it does.
    private func forward(_ work: inout Messages) -> Int? {
        let states = stateCount
        var predicted = chain.initial
        for cell in 0..<cellCount {
            let start = cell * states
            var total = 0.0
            for state in 0..<states {
                let value = predicted[state] * work.evidence[start + state]
                work.forward[start + state] = value
                total += value
            }
            guard total > 0 else { return cell }
            let scale = 1 / total
            for state in 0..<states { work.forward[start + state] *= scale }
            let law = work.forward.span.extracting(start..<start + states)
            transitions.multiply(law, into: &predicted)
        }
        return nil
    }

    /// Runs the backward recursion and writes the logarithm of the product of both messages.
    private func backward(_ work: Messages, logits: inout MutableSpan<Double>, offset: Int) {
        let states = stateCount
        var message = Array(repeating: 1.0, count: states)
        var weighted = message
        for cell in (0..<cellCount).reversed() {
            let start = cell * states
            var total = 0.0
            for state in 0..<states {
                let product = work.forward[start + state] * message[state]
                // Most products of a clean cell are 0: a comparison is cheaper than a logarithm.
                logits[offset + start + state] = product > 0 ? .log(product) : -.infinity
                weighted[state] = message[state] * work.evidence[start + state]
                total += weighted[state]
            }
            let scale = 1 / total
            for state in 0..<states { weighted[state] *= scale }
            transposed.multiply(weighted.span, into: &message)
        }
    }
}
