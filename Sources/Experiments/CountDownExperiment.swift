import DiscreteDiffusion
import Evaluation
import JumpYourSteps
import Plots

/// Sequences that count down, sampled with the exact denoiser: what schedules are worth where the model makes no mistakes. (Jump Your
/// Steps, arXiv 2410.07761, section 5.1.)
///
/// Under absorbing noise: 32 states, 256 cells, as in the paper. Under uniform noise: 16 states, 128 cells, `sigma = 4 t`.
public struct CountDownExperiment: Sendable {
    /// Sequences generated for each figure of an exact denoiser.
    public var count = 512
    /// Sequences generated for each figure of the trained transformer.
    public var trainedCount = 128
    /// Sequences of data that costs are measured on.
    public var dataCount = 64
    /// The numbers of steps, powers of two.
    public var steps = [2, 4, 8, 16, 32, 64]
    /// What everything random is drawn from.
    public var seed: UInt64 = 1

    /// Creates the experiment as it is published here.
    public init() {}

    /// Optimiser steps of the transformer that is trained beside; 0 for none.
    public var trainingSteps = 3_000
    /// Threads of training and of the trained model.
    public var threads = 1

    /// Runs it.
    ///
    /// - Parameter progress: Called with the share that is done; what it throws ends the run.
    public func run(progress: (Double) throws -> Void = { _ in }) throws -> ExperimentResult {
        let absorbing = try absorbingNoise { try progress($0 / 3) }
        let uniform = try uniformNoise { try progress((1 + $0) / 3) }
        let trained = trainingSteps > 0 ? try trainedModel { try progress((2 + $0) / 3) } : nil
        let tables = absorbing.tables + uniform.tables + (trained?.tables ?? [])
        return ExperimentResult(
            name: "countdown", title: "CountDown",
            remarks: [
                "Error rate: the share of cells, of those that follow another, that break the rule; \(count) sequences a "
                    + "figure unless said otherwise. Schedules were searched on \(dataCount) "
                    + "sequences (seed \(seed)); all samplers draw from the same random numbers.",
                absorbing.remark, uniform.remark,
            ] + (trained.map { [$0.remark] } ?? []),
            tables: tables,
            picture: PlotSheet(
                title: "CountDown", tables.map { $0.plot($0.title.contains("nats") ? "nats" : "error rate") })
        )
    }

    private func absorbingNoise(
        progress: (Double) throws -> Void
    ) throws -> (tables: [EvaluationReport], remark: String) {
        let process = AbsorbingProcess(stateCount: CountDown.stateCount)
        let denoiser = CountDown.denoiser(process: process)
        let (tables, remark) = try absorbingTables(
            "Absorbing noise, exact denoiser", denoiser, count: count, progress: progress)
        return (tables, "Absorbing noise (`euler` is `tweedie` there): \(remark)")
    }

    /// What a denoiser of absorbing noise gets with `tweedie`, `gillespie` and `dispersed`, and what that costs.
    func absorbingTables(
        _ title: String, _ denoiser: any Denoiser, count: Int, progress: (Double) throws -> Void
    ) throws -> (tables: [EvaluationReport], remark: String) {
        let process = AbsorbingProcess(stateCount: CountDown.stateCount)
        let data = CountDown.source().draw(count: dataCount, seed: seed)
        let limit = steps.max() ?? 1
        let found = try SearchedSchedules(
            absorbing: process, denoiser: denoiser, data: data, limit: limit, seed: seed
        ) { try progress($0 / 10) }
        let dispersed = try SearchedSchedules(
            dispersed: denoiser, data: data, limit: limit, seed: seed
        ) { try progress((1 + $0) / 10) }
        let ways: [(any Sampler, SearchedSchedules)] = [
            (TweedieSampler(), found), (GillespieSampler(), found), (DispersedSampler(), dispersed),
        ]
        let tables = try ways.enumerated().map { index, way in
            try errors(
                "\(title), \(way.0.name)", way.0, process, denoiser, way.1, count: count,
                cellCount: CountDown.cellCount
            ) { try progress(0.2 + 0.8 / 3 * (Double(index) + $0)) }
        }
        return (
            tables + found.costs(of: title) + dispersed.costs(of: title),
            "\(found.remark) \(dispersed.remark)"
        )
    }

    private func uniformNoise(
        progress: (Double) throws -> Void
    ) throws -> (tables: [EvaluationReport], remark: String) {
        let (states, cells) = (16, 128)
        let process = UniformProcess(stateCount: states, rate: 4)
        let denoiser = CountDown.denoiser(process: process, cellCount: cells)
        let data = CountDown.source(stateCount: states, cellCount: cells).draw(count: dataCount, seed: seed)
        let limit = steps.max() ?? 1
        let found = try SearchedSchedules(
            process, denoiser: denoiser, data: data, limit: limit, seed: seed
        ) { try progress($0 / 10) }
        var tables: [EvaluationReport] = []
        for (index, sampler) in ([TweedieSampler(), EulerSampler()] as [any Sampler]).enumerated() {
            tables.append(
                try errors(
                    "Uniform noise, exact denoiser, \(sampler.name)", sampler, process, denoiser,
                    found, count: count, cellCount: cells
                ) { try progress(0.1 + 0.45 * (Double(index) + $0)) })
        }
        return (
            tables + found.costs(of: "Uniform noise, exact denoiser"),
            "Uniform noise: \(found.remark)"
        )
    }

    /// The table of error rates of a sampler.
    func errors(
        _ title: String, _ sampler: any Sampler, _ process: some ForwardProcess, _ denoiser: any Denoiser,
        _ found: SearchedSchedules, count: Int, cellCount: Int, progress: (Double) throws -> Void
    ) throws -> EvaluationReport {
        try found.tables([title], steps: steps, progress: progress) { _, schedule, progress in
            let drawn = try sampler.sample(
                count: count, seed: seed, process: process, denoiser: denoiser, schedule: schedule,
                progress: { try progress($0.share) })
            return [
                Estimate(
                    seeds: (0..<count).map {
                        CountDown.errorRate(of: Array(drawn[$0]), cellCount: cellCount)
                    })
            ]
        }[0]
    }
}
