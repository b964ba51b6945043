import DiscreteDiffusion
import Evaluation
import JumpYourSteps
import Plots

/// Points of two moons, two cells of 256 states unless said otherwise, sampled with the exact denoiser under uniform and ordinal noise: what a step of
/// factorised draws does to a law that can be seen.
public struct MoonsExperiment: Sendable {
    /// Points drawn for each figure.
    public var count = 2_048
    /// Points of data that costs are measured on.
    public var dataCount = 64
    /// States of each of the two cells.
    public var stateCount = Moons.stateCount
    /// The numbers of steps, powers of two.
    public var steps = [2, 4, 8, 16, 32, 64]
    /// What everything random is drawn from.
    public var seed: UInt64 = 1

    /// The number of steps whose points are shown.
    private static let shownSteps = 4

    /// Creates the experiment as it is published here.
    public init() {}

    private struct Part {
        var tables: [EvaluationReport]
        var clouds: [LinePlot]
        var remark: String
    }

    /// Runs it.
    ///
    /// - Parameter progress: Called with the share that is done; what it throws ends the run.
    public func run(progress: (Double) throws -> Void = { _ in }) throws -> ExperimentResult {
        let table = Moons.table(stateCount: stateCount)
        let uniform = try part(
            UniformProcess(stateCount: stateCount, rate: 6), Freezing.allCases, table
        ) { try progress($0 / 2) }
        let deviation = Double(stateCount) / 4
        let ordinal = try part(
            OrdinalProcess.gaussian(
                stateCount: stateCount, deviation: deviation, spread: 3.2 * deviation * deviation,
                growth: 1_000),
            [.posterior], table
        ) { try progress(0.5 + $0 / 2) }
        let tables = uniform.tables + ordinal.tables
        let plots = tables.map { $0.plot($0.title.contains("Cost") ? "nats" : "share off the moons") }
        return ExperimentResult(
            name: "moons", title: "Two moons with the exact denoiser",
            remarks: [
                "The share of \(count) points that lie where the law has nothing, beyond four deviations of its blur: what becomes of two "
                    + "cells drawn apart from each other. \(stateCount) states a cell. Schedules were searched on \(dataCount) points "
                    + "(seed \(seed)).",
                uniform.remark, ordinal.remark,
            ],
            tables: tables,
            picture: PlotSheet(
                title: "Two moons, exact denoiser", plots + uniform.clouds + ordinal.clouds, columns: 4))
    }

    private func part(
        _ process: some ForwardProcess, _ freezings: [Freezing], _ table: JointTable,
        progress: (Double) throws -> Void
    ) throws -> Part {
        let denoiser = TableDenoiser(table: table, process: process)
        let data = (0..<dataCount).flatMap { index in
            var generator = CounterGenerator(seed: seed, for: .data, stream: UInt64(index))
            let number = generator.drawIndex(weights: table.probabilities.span, total: 1)
            return table.sample(number: number)
        }
        let limit = steps.max() ?? 1
        let found = try SearchedSchedules(
            process, denoiser: denoiser, data: data, freezings: freezings, limit: limit,
            seed: seed
        ) { try progress(0.4 * $0) }
        let name = process.name.prefix(1).uppercased() + process.name.dropFirst()
        var part = Part(tables: [], clouds: [], remark: "\(name) noise: \(found.remark)")
        let samplers: [any Sampler] = [TweedieSampler(), EulerSampler()]
        for (index, sampler) in samplers.enumerated() {
            let title = "\(name) noise, \(sampler.name)"
            part.tables += try found.tables([title], steps: steps) {
                try progress(0.4 + 0.3 * (Double(index) + $0))
            } measure: { column, schedule, progress in
                let points = try sampler.sample(
                    count: count, seed: seed, process: process, denoiser: denoiser, schedule: schedule,
                    progress: { try progress($0.share) }
                ).points
                if index == 0, schedule.stepCount == Self.shownSteps,
                    ["uniform", "golden"].contains(column.name)
                {
                    part.clouds.append(
                        cloud("\(title), \(column.name), NFE \(Self.shownSteps)", points.prefix(1_000)))
                }
                return [
                    Estimate(
                        seeds: points.map {
                            table.probabilities[Int($0.x) * stateCount + Int($0.y)] > 0 ? 0 : 1
                        })
                ]
            }
        }
        part.tables += found.costs(of: "\(name) noise")
        return part
    }

    private func cloud(_ title: String, _ points: some Collection<(x: Double, y: Double)>) -> LinePlot {
        let range = 0.0...Double(stateCount - 1)
        return LinePlot(
            title: title, x: Axis("first cell", range: range), y: Axis("second cell", range: range),
            series: [.init("points", points: points.map { .init(x: $0.x, y: $0.y) }, style: .points)])
    }
}

extension Samples {
    /// Samples of two cells as points.
    fileprivate var points: [(x: Double, y: Double)] {
        (0..<count).map { index in
            let sample = Array(self[index])
            return (x: Double(sample[0]), y: Double(sample[1]))
        }
    }
}
