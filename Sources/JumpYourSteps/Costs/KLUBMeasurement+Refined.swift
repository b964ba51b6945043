import DiscreteDiffusion
import ProcessGroups

extension KLUBMeasurement {
    /// The coarse grids that tell where steps must be short: their steps, and the samples they are measured on.
    public static let coarse = (steps: 16, samples: 16)

    /// Measures on a grid that is fine where steps must be short, which two looks with few samples at a coarse one have told.
    ///
    /// - Parameters:
    ///   - process: As of `init`, like those that are not named here.
    ///   - steps: The steps of the fine grid, at least 1.
    ///   - others: Times that the fine grid has besides, in 0...1, such as those of schedules to compare with.
    ///   - earliest: The time below which it has none but 0, since the model is not to be trusted there.
    ///   - progress: Called with the denoiser's calls that are done and to do, about.
    /// - Returns: The measurement on the fine grid; `denoiserCalls` counts those of the coarse ones too.
    /// - Throws: `CostError`, and what the denoiser or `progress` throws.
    public static func refined(
        process: some ForwardProcess, denoiser: any Denoiser, data: [Token], known: [Bool]? = nil,
        sources: [Int]? = nil, steps: Int, including others: [Double] = [], freezing: Freezing,
        paths: Paths = .data, earliest: Double = 0, seed: UInt64,
        group: some ProcessGroup = SingleProcess(),
        progress: (_ done: Int, _ total: Int) throws -> Void = { _, _ in }
    ) throws -> KLUBMeasurement {
        let samples = data.count / denoiser.cellCount
        let few = min(coarse.samples, samples)
        let total = 2 * few * coarse.steps + samples * steps
        var (grid, calls) = (try Schedule.uniform(coarse.steps), 0)
        func measure(_ count: Int) throws -> KLUBMeasurement {
            let cells = count * denoiser.cellCount
            return try KLUBMeasurement(
                process: process, denoiser: denoiser, data: Array(data.prefix(cells)),
                known: known.map { Array($0.prefix(cells)) },
                sources: sources.map { Array($0.prefix(count)) },
                grid: grid, freezing: freezing, paths: paths, seed: seed, group: group
            ) { done, _ in try progress(min(total, calls + done * grid.stepCount), total) }
        }
        for count in [coarse.steps, steps] {
            let look = try measure(few)
            calls += look.denoiserCalls
            grid = look.table().refinedGrid(steps: coarse.steps / 2, count: count, earliest: earliest)
        }
        let besides = others.filter { $0 >= earliest || $0 == 0 }
        grid = try Schedule(times: Set(grid.times + besides).sorted(by: >))
        var measurement = try measure(samples)
        measurement.denoiserCalls += calls
        return measurement
    }
}
