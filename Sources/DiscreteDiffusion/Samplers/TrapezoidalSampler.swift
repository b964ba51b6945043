/// The theta-trapezoidal method: tau-leaping of second order, two calls a step.
///
/// From t to u < t, with `r = t - theta (t - u)`: leap from t to r with the rates at t; then leap from r to u with
/// `max(0, a R_r - b R_t)`, `a = 1 / (2 theta (1 - theta))`, `b = a - 1`. A cell that jumped in the first leap has other rates at r
/// than at t, and takes those at r alone. The step to u = 0 leaps to r and then draws x_0 from the posterior there, as
/// `TweedieSampler` does. (Ren et al. 2025, arXiv 2502.00234, algorithm 2.)
public struct TrapezoidalSampler: Sampler, Hashable {
    /// Where in a step the second call is made, in (0, 1).
    public let theta: Double

    /// Creates the sampler.
    ///
    /// - Throws: `SamplingError.parameter` if `theta` is not in (0, 1).
    public init(theta: Double = 0.5) throws(SamplingError) {
        guard theta > 0 && theta < 1 else {
            throw .parameter(sampler: "trapezoidal", name: "theta", value: theta, range: "(0, 1)")
        }
        self.theta = theta
    }

    /// `trapezoidal`.
    public var name: String { "trapezoidal" }

    /// Two a step.
    public func calls(steps: Int) -> Int { 2 * steps }

    /// Two calls of the denoiser, at t and at `t - theta (t - u)`.
    public func step(
        _ batch: inout SamplingBatch, process: some ForwardProcess, from time: Double, to target: Double
    ) throws {
        let between = time - theta * (time - target)
        try batch.predict(at: time)
        batch.retainPrediction()
        try leap(&batch, process: process, length: time - between) {
            batch, sample, cell throws(SamplingError) in
            try batch.reverseRates(sample: sample, cell: cell, process: process, at: time)
        }
        try batch.predict(at: between)
        guard target > 0 else { return try batch.drawBridges(process: process, from: between, to: 0) }
        let weight = 1 / (2 * theta * (1 - theta))
        try leap(&batch, process: process, length: between - target) {
            batch, sample, cell throws(SamplingError) in
            if batch[sample, cell] != batch.retainedToken(sample: sample, cell: cell) {
                return try batch.reverseRates(sample: sample, cell: cell, process: process, at: between)
            }
            return try batch.extrapolatedRates(
                sample: sample, cell: cell, process: process, at: between, weight: weight, retainedAt: time,
                weight: weight - 1)
        }
    }

    /// Lets every free cell jump with probability `length` times the sum of its rates, at most 1, in proportion to them.
    private func leap(
        _ batch: inout SamplingBatch, process: some ForwardProcess, length: Double,
        rates: (inout SamplingBatch, _ sample: Int, _ cell: Int) throws(SamplingError) -> Double
    ) throws(SamplingError) {
        for sample in 0..<batch.count {
            for cell in batch.freeCells(ofSample: sample) {
                if process.hasMask && Int(batch[sample, cell]) < batch.stateCount { continue }
                let total = try rates(&batch, sample, cell)
                if total > 0, batch.generators[sample].drawUnit() < length * total {
                    batch[sample, cell] = batch.drawTarget(sample: sample, total: total)
                }
            }
        }
    }
}
