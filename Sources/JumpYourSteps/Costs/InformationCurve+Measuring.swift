import DiscreteDiffusion
import ProcessGroups

extension InformationCurve {
    /// Measures the curve of a denoiser for absorbing noise on data.
    ///
    /// At time t a masked cell sees each other free cell masked with probability t, so among n free cells
    /// `1 + Binomial(n - 1, t)` are masked if it is. That many are masked, and the loss is averaged over them all: unbiased
    /// at every t from 0 to 1. Each sample has one random order of its cells and one quantile of the binomial law for all
    /// times, so its masks grow with t (common random numbers), and the quantiles are stratified over the samples.
    ///
    /// - Parameters:
    ///   - denoiser: The model; MASK is its `stateCount`.
    ///   - data: Clean samples, `[n, D]`, two at least.
    ///   - known: The cells a task gives, `[n, D]`; they stay clean and are not scored. Nil if all are free. Samples
    ///     without a free cell are passed over.
    ///   - sources: What each sample is of, `[n]`, such as the piece a window was cut from: samples of one source do not count
    ///     as independent in standard errors. Nil if each is of its own.
    ///   - gridSize: The number of times, at least 2; see `measuringTimes`.
    ///   - seed: The seed of the noise.
    ///   - batchSize: How many noised samples the denoiser sees together, at least 1.
    ///   - group: The processes that share the batches out; what they find does not depend on their number.
    ///   - progress: Called with the noised samples done and to do, now and then; what it throws ends the run.
    /// - Throws: `CostError`, and what the denoiser or `progress` throws.
    public static func measure(
        denoiser: any Denoiser, data: [Token], known: [Bool]? = nil, sources: [Int]? = nil,
        gridSize: Int = 64, seed: UInt64,
        batchSize: Int = 64, group: some ProcessGroup = SingleProcess(),
        progress: (_ done: Int, _ total: Int) throws -> Void = { _, _ in }
    ) throws -> InformationCurveMeasurement {
        guard gridSize >= 2 else { throw CostError.gridSize(gridSize) }
        guard batchSize >= 1 else { throw CostError.batchSize(batchSize) }
        let samples = try MaskingOrder.orders(denoiser: denoiser, data: data, known: known, seed: seed)
        guard sources.map({ $0.count == data.count / denoiser.cellCount }) ?? true else {
            throw CostError.sourceCount(sources?.count ?? 0, samples: data.count / denoiser.cellCount)
        }
        let freeCounts = samples.map { Double($0.cells.count) }
        let times = measuringTimes(
            count: gridSize, cellCount: freeCounts.reduce(0, +) / Double(samples.count))

        var points = [Double](repeating: 0, count: samples.count * times.count)
        var batch = MaskedBatch(denoiser: denoiser)
        for first in stride(from: 0, to: points.count, by: batchSize) where group.takes(first / batchSize) {
            let part = first..<min(first + batchSize, points.count)
            batch.clear()
            for point in part {
                batch.append(samples[point / times.count], of: data, at: times[point % times.count])
            }
            try batch.predict()
            for (row, point) in part.enumerated() {
                points[point] = try batch.meanLoss(
                    row: row, sample: samples[point / times.count], data: data,
                    time: times[point % times.count])
            }
            try progress(part.upperBound, points.count)
        }
        // Where others have measured there are zeros here.
        try group.sum(&points)
        return InformationCurveMeasurement(
            times: times, points: points, freeCounts: freeCounts,
            sources: samples.map { sources?[$0.sample] ?? $0.sample }, seed: seed)
    }
}
