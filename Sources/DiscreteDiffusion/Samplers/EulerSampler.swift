/// Tau-leaping with categorical jumps: `x_u ~ delta(x_t) + (t - u) Rhat_t(x_t -> .)` in every cell on its own, the rates
/// frozen at t.
///
/// Where the probability of jumping exceeds 1 it is cut to 1 and the targets keep their proportions. The step to u = 0
/// is `TweedieSampler`'s: it draws x_0 from the posterior, with the same one call, so that neither MASK nor noise is left.
/// The true rates grow without bound there and frozen ones would leave noise in the sample. For absorbing noise,
/// `alpha = 1 - t`, every step has the law of `TweedieSampler`'s.
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
        guard target > 0 else { return try batch.drawBridges(process: process, from: time, to: 0) }
        let length = time - target
        for sample in 0..<batch.count {
            for cell in batch.freeCells(ofSample: sample) {
                let threshold = batch.generators[sample].drawUnit()
                // Thinning: where even the bound lets the cell stay, the posterior need not be looked at.
                let bound = process.reverseRateBound(from: batch[sample, cell], at: time)
                if threshold >= length * bound { continue }
                let total = try batch.reverseRates(sample: sample, cell: cell, process: process, at: time)
                if threshold >= length * total { continue }
                batch[sample, cell] = batch.drawTarget(sample: sample, total: total)
            }
        }
    }
}
