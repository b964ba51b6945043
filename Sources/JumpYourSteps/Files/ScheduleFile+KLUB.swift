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
        self.init(
            model: model, task: task, process: process, sampler: sampler,
            method: measurement.name(of: .dp), seed: measurement.seed, samples: measurement.sampleCount,
            denoiserCalls: measurement.denoiserCalls, costs: measurement.costs,
            schedules: measurement.table().optimalSchedules(upTo: limit).map(\.schedule))
    }

    /// Takes schedules that golden search has found.
    ///
    /// - Parameters:
    ///   - model: As of the other initialisers, like those that are not named here.
    ///   - golden: The schedules.
    ///   - calls: How many noised samples the denoiser was given for them.
    ///   - measurement: What they and uniform ones cost; its grid has all their times.
    /// - Precondition: It has.
    public init(
        model: String, task: String, process: String, sampler: String, golden: [Schedule], calls: Int,
        measurement: KLUBMeasurement
    ) {
        self.init(
            model: model, task: task, process: process, sampler: sampler,
            method: measurement.name(of: .golden), seed: measurement.seed, samples: measurement.sampleCount,
            denoiserCalls: calls, costs: measurement.costs, schedules: golden)
    }
}

extension KLUBMeasurement {
    /// What a file says of a search on it.
    fileprivate func name(of method: ScheduleFile.Method) -> String {
        "\(method.rawValue), frozen \(freezing.rawValue)" + (paths == .model ? ", model paths" : "")
    }
}
