import DiscreteDiffusion

extension ScheduleFile {
    /// Takes schedules with what they and uniform ones cost.
    ///
    /// - Precondition: The times of the schedules lie on the grid of the costs.
    init(
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
