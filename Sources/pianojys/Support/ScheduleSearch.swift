import Composition
import DiscreteDiffusion
import JumpYourSteps
import ProcessGroups

/// A search of schedules, as `optimize` is told to make it.
struct ScheduleSearch {
    var task: String
    var sampler: String
    var method: ScheduleFile.Method
    var freezing: Freezing?
    var paths: Paths?
    var maxNfe: Int
    var gridSize: Int
    var seed: UInt64

    /// The samplers that schedules are searched for.
    static let samplers = ["tweedie", "euler", DispersedSampler().name]

    /// Whether it is for a sampler with an order of its own.
    private var isDispersed: Bool { sampler == DispersedSampler().name }

    /// Refuses what cannot be searched.
    ///
    /// - Throws: `Failure.usage`.
    func validate(for grids: GridModel, samples: Int) throws {
        let hasMask = grids.process.hasMask
        guard !hasMask || (freezing == nil && paths == nil) else {
            throw Failure.usage("--freezing and --paths are for models of noise other than absorbing")
        }
        guard !isDispersed || (hasMask && method == .dp) else {
            throw Failure.usage("--sampler dispersed is for models of absorbing noise, searched by dp")
        }
        guard hasMask || maxNfe <= gridSize else {
            throw Failure.usage(
                "--max-nfe \(maxNfe): a grid of \(gridSize) steps has no more; see --grid-size")
        }
        guard method == .dp || paths != .model else {
            throw Failure.usage("--method golden measures on data: leave out --paths model")
        }
        // A table a sample, whose grid has the times of uniform schedules besides, to compare with.
        let times = gridSize + maxNfe
        guard (hasMask && !isDispersed) || samples <= (1 << 27) / (times * times) else {
            throw Failure.usage(
                "--samples \(samples) --grid-size \(gridSize): the costs of all steps would not fit into memory; "
                    + "take fewer of either")
        }
    }

    /// How often the denoiser will be called at most; not foreseen where golden search calls it.
    func calls(for grids: GridModel, samples: Int) -> Int {
        if isDispersed { return samples * (gridSize + maxNfe) }
        if grids.process.hasMask { return samples * gridSize }
        let coarse = KLUBMeasurement.coarse
        let looks = 2 * min(coarse.samples, samples) * coarse.steps
        return method == .dp ? looks + samples * (gridSize + maxNfe) : .max
    }

    /// Measures the model and searches.
    ///
    /// - Parameters:
    ///   - group: The processes that share the samples out; golden search is each one's own.
    ///   - progress: Called with the share that is done; what it throws ends the run.
    /// - Throws: `CostError`, and what the denoiser or `progress` throws.
    func run(
        _ grids: GridModel, _ denoiser: some Denoiser, _ windows: MeasuringWindows,
        in group: any ProcessGroup, progress: (Double) throws -> Void
    ) throws -> ScheduleFile {
        let progress = { (done: Int, total: Int) in try progress(Double(done) / Double(total)) }
        if isDispersed {
            let free = windows.known?.prefix(denoiser.cellCount).count { !$0 } ?? denoiser.cellCount
            let measurement = try RevealMeasurement(
                denoiser: denoiser, data: windows.tokens, known: windows.known, sources: windows.pieces,
                grid: RevealMeasurement.grid(count: gridSize, cellCount: free, uniform: maxNfe),
                order: DispersedOrder.draw, seed: seed, group: group, progress: progress)
            return try ScheduleFile(
                model: grids.name, task: task, sampler: sampler, measurement: measurement, upTo: maxNfe)
        }
        guard !grids.process.hasMask else {
            let measurement = try InformationCurve.measure(
                denoiser: denoiser, data: windows.tokens, known: windows.known, sources: windows.pieces,
                gridSize: gridSize, seed: seed, group: group, progress: progress)
            return try ScheduleFile(
                model: grids.name, task: task, sampler: sampler, measurement: measurement, method: method,
                upTo: maxNfe)
        }
        return try underKLUB(grids, denoiser, windows, in: group, progress: progress)
    }

    private func underKLUB(
        _ grids: GridModel, _ denoiser: some Denoiser, _ windows: MeasuringWindows,
        in group: any ProcessGroup, progress: (_ done: Int, _ total: Int) throws -> Void
    ) throws -> ScheduleFile {
        let freezing = freezing ?? .rates
        let uniform = try Schedule.uniform(maxNfe).times
        let earliest = grids.transformer.configuration.firstTime
        switch method {
        case .dp:
            let measurement = try KLUBMeasurement.refined(
                process: grids.process, denoiser: denoiser, data: windows.tokens, known: windows.known,
                sources: windows.pieces, steps: gridSize, including: uniform, freezing: freezing,
                paths: paths ?? .data, earliest: earliest, seed: seed, group: group,
                progress: progress)
            return try ScheduleFile(
                model: grids.name, task: task, process: grids.process.name, sampler: sampler,
                measurement: measurement, upTo: maxNfe)
        case .golden:
            var search = GoldenSearch()
            search.earliest = earliest
            let golden = try search.schedules(
                upTo: maxNfe, process: grids.process, denoiser: denoiser, data: windows.tokens,
                known: windows.known, freezing: freezing, seed: seed
            ) { try progress(0, 1) }
            let times = golden.schedules.flatMap(\.times) + uniform
            let measurement = try KLUBMeasurement(
                process: grids.process, denoiser: denoiser, data: windows.tokens, known: windows.known,
                sources: windows.pieces, grid: Schedule(times: Set(times).sorted(by: >)),
                freezing: freezing, seed: seed, group: group, progress: progress)
            return ScheduleFile(
                model: grids.name, task: task, process: grids.process.name, sampler: sampler,
                golden: golden.schedules, calls: golden.denoiserCalls, measurement: measurement)
        }
    }
}
