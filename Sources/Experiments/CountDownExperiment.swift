import DiscreteDiffusion
import Evaluation
import JumpYourSteps
import Plots

/// Sequences that count down, sampled with the exact denoiser: what schedules are worth where the model makes no mistakes. (Jump Your
/// Steps, arXiv 2410.07761, section 5.1.)
///
/// Under absorbing noise: 32 states, 256 cells, as in the paper. Under uniform noise: 16 states, 128 cells, `sigma = 4 t`.
public struct CountDownExperiment: Sendable {
    /// Sequences generated for each figure.
    public var count = 512
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

    /// A column of a table: its name, and its schedule of each number of steps.
    typealias Column = (name: String, schedule: (Int) -> Schedule?)

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
                    + "figure. Cost: the bound on what a schedule loses, nats. Schedules were searched on \(dataCount) "
                    + "sequences (seed \(seed)); all samplers draw from the same random numbers.",
                absorbing.remark, uniform.remark,
            ] + (trained.map { [$0.remark] } ?? []),
            tables: tables,
            picture: PlotSheet(title: "CountDown", tables.map { $0.plot("error rate") }))
    }

    private func absorbingNoise(
        progress: (Double) throws -> Void
    ) throws -> (tables: [EvaluationReport], remark: String) {
        let process = AbsorbingProcess(stateCount: CountDown.stateCount)
        let denoiser = CountDown.denoiser(process: process)
        let found = try columns(process, denoiser)
        let samplers: [any Sampler] = [TweedieSampler(), GillespieSampler()]
        let tables = try samplers.enumerated().map { index, sampler in
            try errors(
                "Absorbing noise, exact denoiser, \(sampler.name)", sampler, process, denoiser, found.columns,
                cellCount: CountDown.cellCount
            ) { try progress((Double(index) + $0) / 2) }
        }
        return (
            tables,
            "Absorbing noise (`euler` is `tweedie` there): \(found.calls)"
        )
    }

    /// The schedules of a denoiser of absorbing noise.
    func columns(
        _ process: AbsorbingProcess, _ denoiser: any Denoiser
    ) throws -> (columns: [Column], calls: String) {
        let data = CountDown.source().draw(count: dataCount, seed: seed)
        let limit = steps.max() ?? 1
        let measured = try InformationCurve.measure(denoiser: denoiser, data: data, seed: seed)
        let dp = try measured.curve().optimalSchedules(upTo: limit).map(\.schedule)
        let golden = try GoldenSearch().schedules(
            upTo: limit, process: process, denoiser: denoiser, data: data, freezing: .rates, seed: seed)
        return (
            [
                ("uniform", { try? .uniform($0) }),
                ("golden", { steps in golden.schedules.first { $0.stepCount == steps } }),
                ("dp", { dp[$0 - 1] }),
            ],
            "dp took \(measured.denoiserCalls) calls of the denoiser, one a sequence and time, for all numbers of steps up to "
                + "\(limit); golden took \(golden.denoiserCalls) for powers of two."
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
        let grid = try Schedule.uniform(max(96, limit))
        let measured = try Freezing.allCases.map { freezing in
            try KLUBMeasurement(
                process: process, denoiser: denoiser, data: data, grid: grid, freezing: freezing, seed: seed)
        }
        let dp = measured.map { $0.table().optimalSchedules(upTo: limit).map(\.schedule) }
        let golden = try GoldenSearch().schedules(
            upTo: limit, process: process, denoiser: denoiser, data: data, freezing: .rates, seed: seed)
        var columns: [Column] = [
            ("uniform", { try? .uniform($0) }),
            ("golden", { steps in golden.schedules.first { $0.stepCount == steps } }),
        ]
        for (freezing, found) in zip(Freezing.allCases, dp) {
            columns.append(("dp, frozen \(freezing.rawValue)", { found[$0 - 1] }))
        }
        var tables: [EvaluationReport] = []
        for (index, sampler) in ([TweedieSampler(), EulerSampler()] as [any Sampler]).enumerated() {
            tables.append(
                try errors(
                    "Uniform noise, exact denoiser, \(sampler.name)", sampler, process, denoiser, columns,
                    cellCount: cells
                ) { try progress((Double(index) + $0) / 2) })
        }
        return (
            tables,
            "Uniform noise: dp took \(measured[0].denoiserCalls) calls for each of its two costs, on \(grid.stepCount) times; "
                + "golden, on frozen rates as in the paper, took \(golden.denoiserCalls)."
        )
    }

    /// The table of error rates of a sampler.
    func errors(
        _ title: String, _ sampler: any Sampler, _ process: some ForwardProcess, _ denoiser: any Denoiser,
        _ columns: [Column], cellCount: Int, progress: (Double) throws -> Void
    ) throws -> EvaluationReport {
        var report = EvaluationReport(title: title, metrics: columns.map(\.name))
        for (index, steps) in steps.enumerated() {
            var values: [String: Estimate] = [:]
            for column in columns {
                guard let schedule = column.schedule(steps) else { continue }
                let drawn = try sampler.sample(
                    count: count, seed: seed, process: process, denoiser: denoiser, schedule: schedule
                ) { _ in try progress(Double(index) / Double(self.steps.count)) }
                values[column.name] = Estimate(
                    seeds: (0..<drawn.count).map {
                        CountDown.errorRate(of: Array(drawn[$0]), cellCount: cellCount)
                    })
            }
            report.rows.append(EvaluationReport.row(steps, values))
        }
        return report
    }
}
