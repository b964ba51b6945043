/// The sampler that is exact for the factorised posterior:
/// `p(x_u = y | x_t = x) = sum over x_0 of p(x_0 | x_t) q(x_u = y | x_t = x, x_0)` in every cell on its own.
///
/// Drawn as it reads: x_0 from the posterior, then x_u from the bridge; and first, whether x_0 matters at all. For
/// absorbing noise a masked cell is revealed with probability `(t - u) / t`, at u = 0 always, and only revealed cells
/// look at the posterior. (SEDD, Lou et al. 2024, arXiv 2310.16834, theorem 4.2, with the posterior for the score.)
public struct TweedieSampler: Sampler, Hashable {
    /// Creates the sampler.
    public init() {}

    /// `tweedie`.
    public var name: String { "tweedie" }

    /// One call of the denoiser, at t.
    public func step(
        _ batch: inout SamplingBatch, process: some ForwardProcess, from time: Double, to target: Double
    ) throws {
        try batch.predict(at: time)
        try batch.drawBridges(process: process, from: time, to: target)
    }
}

extension SamplingBatch {
    /// Takes every free cell from t to u along the bridge to an x_0 drawn from the last call's posterior.
    ///
    /// - Throws: `SamplingError.posterior`.
    mutating func drawBridges(
        process: some ForwardProcess, from time: Double, to target: Double
    ) throws(SamplingError) {
        for sample in 0..<count {
            for cell in freeCells(ofSample: sample) {
                let token = self[sample, cell]
                if process.keeps(token, from: time, to: target, using: &generators[sample]) { continue }
                let clean = try drawClean(sample: sample, cell: cell)
                self[sample, cell] = process.drawBridge(
                    from: token, clean: clean, at: time, to: target, using: &generators[sample])
            }
        }
    }
}
