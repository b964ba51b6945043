import RealModule

/// MaskGIT's decoding: every masked cell draws a token, and the cells most sure of theirs are revealed. Absorbing noise only.
///
/// A cell's confidence is `log p(its token | x_t)` plus `randomness * t` times a standard Gumbel draw. As many cells stay
/// masked as `t * free cells`, rounded, says. What is decided together is then what hardly depends on each other, at the
/// price of a law that is no longer the model's. (Chang et al. 2022, arXiv 2202.04200, section 3.2. Its published code fades the
/// Gumbel noise out with the index of the step; t does that for any schedule.)
public struct ConfidenceSampler: Sampler, Hashable {
    /// How much chance has a say in the order, at least 0; at infinity the order is random, as in `GillespieSampler`.
    public let randomness: Double

    /// Creates the sampler.
    ///
    /// - Throws: `SamplingError.parameter` if `randomness` is negative or not a number.
    public init(randomness: Double = 4.5) throws(SamplingError) {
        guard randomness >= 0 else {
            throw .parameter(sampler: "confidence", name: "randomness", value: randomness, range: "0...inf")
        }
        self.randomness = randomness
    }

    /// `confidence`.
    public var name: String { "confidence" }

    /// True.
    public var needsMask: Bool { true }

    /// One call of the denoiser, at t.
    public func step(
        _ batch: inout SamplingBatch, process: some ForwardProcess, from time: Double, to target: Double
    ) throws {
        try batch.predict(at: time)
        for sample in 0..<batch.count {
            let cells = batch.freeCells(ofSample: sample)
            let left = process.changedCells(of: cells.count, at: target)
            var drawn: [(confidence: Double, cell: Int, token: Token)] = []
            for cell in cells where Int(batch[sample, cell]) == batch.stateCount {
                let (token, probability) = try batch.drawCleanWithProbability(sample: sample, cell: cell)
                // A Gumbel draw is minus the logarithm of an exponential one.
                let gumbel = -Double.log(batch.generators[sample].drawExponential())
                let confidence =
                    randomness == .infinity ? gumbel : .log(probability) + randomness * time * gumbel
                drawn.append((confidence, cell, token))
            }
            drawn.sort { ($0.confidence, $1.cell) > ($1.confidence, $0.cell) }
            for choice in drawn.prefix(max(0, drawn.count - left)) {
                batch[sample, choice.cell] = choice.token
            }
        }
    }
}
