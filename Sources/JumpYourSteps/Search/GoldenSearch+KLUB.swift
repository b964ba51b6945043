import DiscreteDiffusion

extension GoldenSearch {
    /// Schedules found as the paper finds them, on data: of a cut it measures
    /// `KLUB(Q^{s -> t -> u} || Q^{s -> u}) = (t - u) E [ sum over cells, y != x_t of  Rhat_t log(Rhat_t / F) - Rhat_t + F ]`.
    ///
    /// - Parameters: As of `KLUBMeasurement`; `limit` as of `schedules(upTo:start:gain:)`; `progress` is called before each cut
    ///   that is measured, and what it throws ends the search.
    /// - Returns: The schedules of 1, 2, 4, ... steps, and how many noised samples the denoiser was given.
    /// - Throws: `CostError`, and what the denoiser throws.
    public func schedules(
        upTo limit: Int, process: some ForwardProcess, denoiser: any Denoiser, data: [Token],
        known: [Bool]? = nil, freezing: Freezing, seed: UInt64, batchSize: Int = 64,
        progress: () throws -> Void = {}
    ) throws -> (schedules: [Schedule], denoiserCalls: Int) {
        var paths = try PathRates(
            process: process, denoiser: denoiser, data: data, known: known, seed: seed, batchSize: batchSize)
        let samples = paths.samples
        // The rows at the interval's start serve all its cuts.
        var start: (time: Double, rows: PathRows)?
        let found = try schedules(upTo: limit) { time, cut, target in
            try progress()
            let before: PathRows
            if let start, start.time == time {
                before = start.rows
            } else {
                before = try paths.rows(samples.map { .init(sample: $0, time: time) })
                start = (time, before)
            }
            let after = try paths.rows(samples.map { .init(sample: $0, time: cut) })
            var sum = 0.0
            for row in samples.indices {
                sum += try after.divergence(of: row, frozenAt: row, in: before, freezing)
            }
            return (cut - target) * sum / Double(samples.count)
        }
        return (found, paths.denoiserCalls)
    }
}
