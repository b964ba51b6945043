import DiscreteDiffusion
import Evaluation
import JumpYourSteps

/// The schedules that an experiment sets beside each other, and what it took to find them.
struct SearchedSchedules {
    /// A way to come by a schedule of each number of steps.
    struct Column {
        let name: String
        /// The schedule of so many steps; nil where the way has none.
        let schedule: (_ steps: Int) -> Schedule?
    }

    /// The ways, equal steps first.
    let columns: [Column]
    /// How often the denoiser was called.
    let remark: String

    /// Steps of the schedule that the grid of KLUB is refined by.
    private static let coarseSteps = 8

    private init(golden: [Schedule], dp: [(name: String, schedules: [Schedule])], remark: String) {
        columns =
            [Column(name: "uniform") { try? .uniform($0) }]
            + (golden.isEmpty
                ? [] : [Column(name: "golden") { steps in golden.first { $0.stepCount == steps } }])
            + dp.map { name, schedules in
                Column(name: name) { schedules.indices.contains($0 - 1) ? schedules[$0 - 1] : nil }
            }
        self.remark = remark
    }

    /// Searches under absorbing noise: `dp` on the information curve, `golden` on KLUB.
    init(
        absorbing process: AbsorbingProcess, denoiser: any Denoiser, data: [Token], limit: Int, seed: UInt64,
        progress: (Double) throws -> Void = { _ in }
    ) throws {
        let measured = try InformationCurve.measure(denoiser: denoiser, data: data, seed: seed)
        let dp = try measured.curve().optimalSchedules(upTo: limit).map(\.schedule)
        let golden = try GoldenSearch().schedules(
            upTo: limit, process: process, denoiser: denoiser, data: data, freezing: .rates, seed: seed
        ) { try progress(0.5) }
        self.init(
            golden: golden.schedules, dp: [("dp", dp)],
            remark:
                "dp took \(measured.denoiserCalls) calls of the denoiser, one a sequence and time, for all numbers of steps "
                + "up to \(limit); golden, on KLUB with frozen rates as in the paper, took \(golden.denoiserCalls) for powers of two."
        )
    }

    /// Takes what dynamic programming has found elsewhere.
    init(dp: [Schedule]) {
        self.init(golden: [], dp: [("dp", dp)], remark: "")
    }

    /// Takes what dynamic programming has found elsewhere, and searches the paper's way beside it.
    init(
        process: AbsorbingProcess, denoiser: any Denoiser, data: [Token], dp: [Schedule], limit: Int,
        seed: UInt64, progress: (Double) throws -> Void = { _ in }
    ) throws {
        let golden = try GoldenSearch().schedules(
            upTo: limit, process: process, denoiser: denoiser, data: data, freezing: .rates, seed: seed
        ) { try progress(0.5) }
        self.init(
            golden: golden.schedules, dp: [("dp", dp)],
            remark: "golden, on KLUB with frozen rates on \(data.count / denoiser.cellCount) windows, took "
                + "\(golden.denoiserCalls) calls of the denoiser.")
    }

    /// Searches under any noise: `dp` on KLUB with each freezing, `golden` on that with the first.
    init(
        _ process: some ForwardProcess, denoiser: any Denoiser, data: [Token], known: [Bool]? = nil,
        freezings: [Freezing] = Freezing.allCases, gridSize: Int, limit: Int, seed: UInt64,
        progress: (Double) throws -> Void = { _ in }
    ) throws {
        var dp: [(name: String, schedules: [Schedule])] = []
        var calls = 0
        for (index, freezing) in freezings.enumerated() {
            func measure(_ grid: Schedule, from start: Double, to end: Double) throws -> CostTable {
                let measured = try KLUBMeasurement(
                    process: process, denoiser: denoiser, data: data, known: known, grid: grid,
                    freezing: freezing, seed: seed
                ) {
                    let share = start + (end - start) * Double($0) / Double($1)
                    try progress((Double(index) + share) / Double(freezings.count + 1))
                }
                calls += measured.denoiserCalls
                return measured.table()
            }
            calls = 0
            let coarse = try measure(.uniform(2 * Self.coarseSteps), from: 0, to: 0.2)
            let parts = max(1, gridSize / Self.coarseSteps)
            let fine = try measure(
                coarse.refinedGrid(steps: Self.coarseSteps, parts: parts), from: 0.2, to: 1)
            let found = fine.optimalSchedules(upTo: limit).map(\.schedule)
            dp.append(("dp, frozen \(freezing.rawValue)", found))
        }
        let golden = try GoldenSearch().schedules(
            upTo: limit, process: process, denoiser: denoiser, data: data, known: known,
            freezing: freezings[0],
            seed: seed
        ) { try progress(Double(freezings.count) / Double(freezings.count + 1)) }
        self.init(
            golden: golden.schedules, dp: dp,
            remark:
                "dp took \(calls) calls of the denoiser for each of its costs, on \(2 * Self.coarseSteps) times and then \(gridSize); golden, on frozen "
                + "\(freezings[0].rawValue), took \(golden.denoiserCalls).")
    }

    /// What the schedules of each way and number of steps are worth: a table a metric.
    ///
    /// - Parameters:
    ///   - titles: The metrics.
    ///   - steps: The numbers of steps, a row each.
    ///   - progress: Called with the share that is done.
    ///   - measure: The figures of a schedule, one a metric; told which way found it, and whom to tell how far it is.
    func tables(
        _ titles: [String], steps: [Int], progress: (Double) throws -> Void,
        measure: (Column, Schedule, _ progress: (Double) throws -> Void) throws -> [Estimate?]
    ) throws -> [EvaluationReport] {
        var tables = titles.map { EvaluationReport(title: $0, metrics: columns.map(\.name)) }
        // A step costs the same whatever the row: rows of many steps take most of the time.
        let work = Double(max(1, steps.reduce(0, +) * columns.count))
        var done = 0.0
        for count in steps {
            var values: [[String: Estimate]] = titles.map { _ in [:] }
            for column in columns {
                if let schedule = column.schedule(count) {
                    let figures = try withoutActuallyEscaping(progress) { progress in
                        try measure(column, schedule) { [done] in
                            try progress((done + $0 * Double(count)) / work)
                        }
                    }
                    for (metric, figure) in figures.enumerated() { values[metric][column.name] = figure }
                }
                done += Double(count)
            }
            for metric in titles.indices {
                tables[metric].rows.append(EvaluationReport.row(count, values[metric]))
            }
        }
        return tables
    }
}

extension SamplingProgress {
    /// The share that is done.
    var share: Double { Double(completedSteps) / Double(max(1, totalSteps)) }
}
