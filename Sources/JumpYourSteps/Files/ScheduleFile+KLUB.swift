import DiscreteDiffusion

extension ScheduleFile {
    /// Searches schedules under a measured KLUB, for any noise, by dynamic programming.
    ///
    /// - Parameters:
    ///   - model: The model's name.
    ///   - task: The task's name.
    ///   - process: The process' name.
    ///   - sampler: The sampler's name.
    ///   - measurement: The measured costs.
    ///   - limit: The largest number of steps, 1...512; the grid allows one less than it has times.
    /// - Throws: `CostError` if `limit` is out of range.
    public init(
        model: String, task: String, process: String, sampler: String, measurement: KLUBMeasurement,
        upTo limit: Int = 64
    ) throws(CostError) {
        guard (1...512).contains(limit) else { throw .stepLimit(limit) }
        let table = measurement.table()
        self.init(
            model: model, task: task, process: process, sampler: sampler,
            method: "dp, frozen \(measurement.freezing.rawValue)"
                + (measurement.paths == .model ? ", model paths" : ""), seed: measurement.seed,
            samples: measurement.sampleCount, denoiserCalls: measurement.denoiserCalls, curve: nil,
            schedules: table.optimalSchedules(upTo: limit).map { found in
                let steps = found.schedule.stepCount
                let uniform = table.uniformSchedule(stepCount: steps)
                return Entry(
                    nfe: steps, times: found.schedule.times, cost: found.cost,
                    uniformCost: measurement.cost(of: uniform)?.mean ?? .nan,
                    standardErrors: measurement.errors(of: found.schedule, against: uniform))
            })
    }
}
