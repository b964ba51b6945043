/// Tau-leaping: every cell jumps on its own, the rates frozen at t.
///
/// States without an order: `x_u ~ delta(x_t) + (t - u) Rhat_t(x_t -> .)`, at most one jump a step. Where the probability of
/// jumping exceeds 1 it is cut to 1 and the targets keep their proportions. Ordered states: jumps to y come as often
/// as a Poisson variable of mean `(t - u) Rhat_t(x_t -> y)` says, and add up, up to the ends of the line. The step to u = 0
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
                if process.isOrdered {
                    try Self.leap(
                        &batch, sample: sample, cell: cell, process: process, at: time, length: length)
                    continue
                }
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

    /// Adds up the jumps of a cell whose states are ordered.
    private static func leap(
        _ batch: inout SamplingBatch, sample: Int, cell: Int, process: some ForwardProcess, at time: Double,
        length: Double
    ) throws(SamplingError) {
        guard try batch.reverseRates(sample: sample, cell: cell, process: process, at: time) > 0 else {
            return
        }
        let here = Int(batch[sample, cell])
        var shift = 0
        for state in 0..<batch.stateCount where batch.rate(to: state) > 0 {
            // Beyond this a leap ends at the end of the line in any case.
            let mean = min(1e12, length * batch.rate(to: state))
            shift += batch.generators[sample].drawPoisson(mean: mean) * (state - here)
        }
        batch[sample, cell] = Token(max(0, min(batch.stateCount - 1, here + shift)))
    }
}
