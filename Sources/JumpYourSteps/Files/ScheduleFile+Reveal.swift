import DiscreteDiffusion

extension ScheduleFile {
    /// Searches schedules for a sampler with an order of its own, by dynamic programming; absorbing noise. What they cost is what the
    /// sampler says of a sample, from nothing on.
    ///
    /// - Parameters: As of the other initialisers.
    /// - Throws: `CostError` if `limit` is out of range.
    public init(
        model: String, task: String, sampler: String, measurement: RevealMeasurement, upTo limit: Int = 64
    ) throws(CostError) {
        guard (1...512).contains(limit) else { throw .stepLimit(limit) }
        self.init(
            model: model, task: task, process: "absorbing", sampler: sampler, method: Method.dp.rawValue,
            seed: measurement.seed, samples: measurement.sampleCount,
            denoiserCalls: measurement.denoiserCalls,
            costs: measurement.losses,
            schedules: measurement.table().optimalSchedules(upTo: limit).map(\.schedule))
    }
}
