/// Tau-leaping with categorical jumps: `x_u ~ delta(x_t) + (t - u) Rhat_t(x_t -> .)` in every cell on its own, the rates
/// frozen at t.
///
/// Where the probability of jumping exceeds 1 it is cut to 1 and the targets keep their proportions. At u = 0 a process
/// with a mask reveals every masked cell. For absorbing noise, `alpha = 1 - t`, this has the law of `TweedieSampler`.
/// (Campbell et al. 2022, arXiv 2205.14987; Jump Your Steps, arXiv 2410.07761, section 2.)
public struct EulerSampler: Sampler, Hashable {
    /// Creates the sampler.
    public init() {}

    /// `euler`.
    public var name: String { "euler" }

    /// One call of the denoiser, at t.
    public func step(
        _ batch: inout SamplingBatch, process: some ForwardProcess, from time: Double, to target: Double
    ) throws {
        try batch.predict(at: time)
        let length = time - target
        for sample in 0..<batch.count {
            for cell in batch.freeCells(ofSample: sample) {
                let token = batch[sample, cell]
                let mustJump = target == 0 && token == process.mask
                let threshold = mustJump ? 0 : batch.generators[sample].drawUnit()
                // Thinning: where even the bound lets the cell stay, the posterior need not be looked at.
                if threshold >= length * process.reverseRateBound(from: token, at: time) { continue }
                let total = try batch.reverseRates(sample: sample, cell: cell, process: process, at: time)
                if threshold >= length * total { continue }
                batch[sample, cell] = batch.drawTarget(sample: sample, total: total)
            }
        }
    }
}
