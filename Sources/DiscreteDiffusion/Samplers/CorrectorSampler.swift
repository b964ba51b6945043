/// A predictor whose steps are followed by corrector steps, which keep to `q_u`, to first order in their length, and mend what the predictor got wrong.
///
/// A corrector step at u leaps, at most one jump a cell, with the rates `beta(u) R + Rhat_u`: noise and its reversal at once.
/// It lasts `length * (t - u)`, where t - u is the predictor's step. There is none at u = 0. N predictor steps with m corrector steps
/// each are `N + m (N - 1)` calls. (Campbell et al. 2022, arXiv 2205.14987, section 4.4.)
public struct CorrectorSampler<Predictor: Sampler>: Sampler {
    /// What takes the steps.
    public let predictor: Predictor
    /// Corrector steps after each step, at least 1.
    public let corrections: Int
    /// How long a corrector step lasts, in lengths of the predictor's step.
    public let length: Double

    /// Creates the sampler.
    ///
    /// - Throws: `SamplingError.parameter` if `corrections` is not in 1...1000 or `length` not in (0, 10].
    public init(_ predictor: Predictor, corrections: Int = 1, length: Double = 1) throws(SamplingError) {
        guard (1...1_000).contains(corrections) else {
            throw .parameter(
                sampler: "corrector", name: "corrections", value: Double(corrections), range: "1...1000")
        }
        guard length > 0 && length <= 10 else {
            throw .parameter(sampler: "corrector", name: "length", value: length, range: "(0, 10]")
        }
        self.predictor = predictor
        self.corrections = corrections
        self.length = length
    }

    /// `corrector`.
    public var name: String { "corrector" }

    /// `m` more than the predictor's for every step but the last.
    public func calls(steps: Int) -> Int { predictor.calls(steps: steps) + corrections * max(0, steps - 1) }

    /// As the predictor.
    public var needsMask: Bool { predictor.needsMask }

    /// The predictor's calls, then one at u for each corrector step.
    public func step(
        _ batch: inout SamplingBatch, process: some ForwardProcess, from time: Double, to target: Double
    ) throws {
        try predictor.step(&batch, process: process, from: time, to: target)
        guard target > 0 else { return }
        for _ in 0..<corrections {
            try batch.predict(at: target)
            for sample in 0..<batch.count {
                for cell in batch.freeCells(ofSample: sample) {
                    try correct(
                        &batch, sample: sample, cell: cell, process: process, at: target,
                        length: length * (time - target))
                }
            }
        }
    }

    private func correct(
        _ batch: inout SamplingBatch, sample: Int, cell: Int, process: some ForwardProcess, at time: Double,
        length: Double
    ) throws(SamplingError) {
        let token = batch[sample, cell]
        let forward = -process.speed(at: time) * process.unitRate(from: token, to: token)
        let threshold = batch.generators[sample].drawUnit()
        let bound = forward + process.reverseRateBound(from: token, at: time)
        if threshold >= length * bound { return }
        let isClean = process.hasMask && Int(token) < batch.stateCount
        let reverse =
            isClean ? 0 : try batch.reverseRates(sample: sample, cell: cell, process: process, at: time)
        if threshold >= length * (forward + reverse) { return }
        if batch.generators[sample].drawUnit() * (forward + reverse) < reverse {
            batch[sample, cell] = batch.drawTarget(sample: sample, total: reverse)
        } else {
            batch[sample, cell] = batch.drawNoise(sample: sample, from: token, process: process)
        }
    }
}

extension SamplingBatch {
    /// Draws where noise takes a cell that it does take somewhere, in proportion to the rates of the process.
    mutating func drawNoise(sample: Int, from token: Token, process: some ForwardProcess) -> Token {
        let leaving = -process.unitRate(from: token, to: token)
        var rest = generators[sample].drawUnit() * leaving
        var last = token
        for other in 0..<process.tokenCount where other != Int(token) {
            let rate = process.unitRate(from: token, to: Token(other))
            guard rate > 0 else { continue }
            last = Token(other)
            rest -= rate
            if rest < 0 { break }
        }
        return last
    }
}
