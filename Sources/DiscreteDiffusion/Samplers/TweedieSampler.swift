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
        for sample in 0..<batch.count {
            for cell in batch.freeCells(ofSample: sample) {
                let token = batch[sample, cell]
                if process.keeps(token, from: time, to: target, using: &batch.generators[sample]) { continue }
                let clean = try batch.drawClean(sample: sample, cell: cell)
                batch[sample, cell] = process.drawBridge(
                    from: token, clean: clean, at: time, to: target, using: &batch.generators[sample])
            }
        }
    }
}
