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

    /// - Precondition: The times of the schedules lie on the grid of the costs.
    private init(
        model: String, task: String, process: String, sampler: String, method: String, seed: UInt64,
        samples: Int, denoiserCalls: Int, costs: SampleCosts, schedules: [Schedule]
    ) {
        let table = costs.table()
        self.init(
            model: model, task: task, process: process, sampler: sampler, method: method, seed: seed,
            samples: samples, denoiserCalls: denoiserCalls, curve: nil,
            schedules: schedules.map { schedule in
                let uniform = table.uniformSchedule(stepCount: schedule.stepCount)
                guard let cost = costs.cost(of: schedule), let even = costs.cost(of: uniform) else {
                    preconditionFailure("times \(schedule.times) are not of the measured grid")
                }
                return Entry(
                    nfe: schedule.stepCount, times: schedule.times, cost: cost.mean, uniformCost: even.mean,
                    standardErrors: costs.errors(of: schedule, against: uniform))
            })
    }
}

extension KLUBMeasurement {
    /// What a file says of a search on it.
    fileprivate func name(of method: ScheduleFile.Method) -> String {
        "\(method.rawValue), frozen \(freezing.rawValue)" + (paths == .model ? ", model paths" : "")
    }
}
