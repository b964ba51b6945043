import DiscreteDiffusion
import Evaluation
import JumpYourSteps

/// The schedules that an experiment sets beside each other, and what it took to find them.
struct SearchedSchedules {
    /// A way to come by a schedule of each number of steps.
    struct Column {
        let name: String
        /// The sampler that the schedules are for; nil if that is for the table to say.
        var sampler: (any Sampler)?
        /// The schedule of so many steps; nil where the way has none.
        let schedule: (_ steps: Int) -> Schedule?
    }

    /// The ways, equal steps first.
    private(set) var columns: [Column]
    /// What the schedules of each way cost, by what they were searched with, over powers of two of steps; nil where that was not measured.
    private(set) var costs: EvaluationReport?
    /// How often the denoiser was called, and how long it took.
    let remark: String

    /// The steps of the grid that KLUB is measured on. With 64 samples that is a tenth of the calls of golden search.
    private static let gridSteps = 72

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

    /// Takes what dynamic programming has found elsewhere.
    init(dp: [Schedule]) {
        self.init(golden: [], dp: [("dp", dp)], remark: "")
    }

    /// Searches under absorbing noise: `dp` on the information curve, `golden` on KLUB.
    init(
        absorbing process: AbsorbingProcess, denoiser: any Denoiser, data: [Token], limit: Int, seed: UInt64,
        progress: (Double) throws -> Void = { _ in }
    ) throws {
        let clock = ContinuousClock()
        let start = clock.now
        let measured = try InformationCurve.measure(denoiser: denoiser, data: data, seed: seed) { _, _ in
            try progress(0)
        }
        let curve = try measured.curve()
        let dp = curve.optimalSchedules(upTo: limit).map(\.schedule)
        let middle = clock.now
        let golden = try GoldenSearch().schedules(
            upTo: limit, process: process, denoiser: denoiser, data: data, freezing: .rates, seed: seed
        ) { try progress(0.5) }
        self.init(
            golden: golden.schedules, dp: [("dp", dp)],
            remark:
                "dp took \(measured.denoiserCalls) calls of the denoiser and \(Self.seconds(middle - start)) s for all "
                + "numbers of steps up to \(limit); golden, on KLUB with frozen rates as in the paper, took "
                + "\(golden.denoiserCalls) and \(Self.seconds(clock.now - middle)) s for powers of two.")
        costs = costs(upTo: limit) { (curve.cost(of: $0), measured.standardError(of: $0)) }
    }

    /// Searches for `dispersed`, under absorbing noise: `dp` on what it says of the data.
    init(
        dispersed denoiser: any Denoiser, data: [Token], limit: Int, seed: UInt64,
        progress: (Double) throws -> Void = { _ in }
    ) throws {
        let clock = ContinuousClock()
        let start = clock.now
        let measured = try RevealMeasurement(
            denoiser: denoiser, data: data,
            grid: RevealMeasurement.grid(count: 64, cellCount: denoiser.cellCount, uniform: limit),
            order: DispersedOrder.draw, seed: seed
        ) { try progress(Double($0) / Double($1)) }
        self.init(
            golden: [], dp: [("dp", measured.table().optimalSchedules(upTo: limit).map(\.schedule))],
            remark:
                "dispersed: dp took \(measured.denoiserCalls) calls and \(Self.seconds(clock.now - start)) s."
        )
        costs = costs(upTo: limit, cost: measured.loss)
        costs?.title = "What is said of a sample, nats, dispersed"
    }

    /// Adds the ways of a sampler to those of another, beside them in the same tables.
    mutating func add(dp: [Schedule], for sampler: any Sampler) {
        let others = SearchedSchedules(dp: dp).columns
        columns += others.map {
            Column(name: "\(sampler.name), \($0.name)", sampler: sampler, schedule: $0.schedule)
        }
    }

    /// Searches under any noise: `dp` on KLUB with each freezing, `golden` on that with the first; no time but 0 lies below `earliest`.
    init(
        _ process: some ForwardProcess, denoiser: any Denoiser, data: [Token], known: [Bool]? = nil,
        freezings: [Freezing] = Freezing.allCases, earliest: Double = 0, limit: Int, seed: UInt64,
        progress: (Double) throws -> Void = { _ in }
    ) throws {
        let clock = ContinuousClock()
        let share = 1 / Double(freezings.count + 2)
        let gridSteps = max(Self.gridSteps, limit)
        var dp: [(name: String, schedules: [Schedule])] = []
        var (calls, start) = (0, clock.now)
        for (index, freezing) in freezings.enumerated() {
            start = clock.now
            let measured = try KLUBMeasurement.refined(
                process: process, denoiser: denoiser, data: data, known: known, steps: gridSteps,
                freezing: freezing, earliest: earliest, seed: seed
            ) { try progress(share * (Double(index) + Double($0) / Double($1))) }
            calls = measured.denoiserCalls
            let found = measured.table().optimalSchedules(upTo: limit).map(\.schedule)
            dp.append(("dp, frozen \(freezing.rawValue)", found))
        }
        let middle = clock.now
        var search = GoldenSearch()
        search.earliest = earliest
        let golden = try search.schedules(
            upTo: limit, process: process, denoiser: denoiser, data: data, known: known,
            freezing: freezings[0], seed: seed
        ) { try progress(1 - 2 * share) }
        self.init(
            golden: golden.schedules, dp: dp,
            remark:
                "dp took \(calls) calls of the denoiser and \(Self.seconds(middle - start)) s for each of its costs, on "
                + "two grids of \(KLUBMeasurement.coarse.steps) times for a few samples and then one of \(gridSteps), for all numbers "
                + "of steps up to \(limit); golden, on "
                + "frozen \(freezings[0].rawValue), took \(golden.denoiserCalls) and \(Self.seconds(clock.now - middle)) s for "
                + "powers of two.")
        // A grid on which all of them lie, and noise that none of them was searched on.
        let all = columns.flatMap { column in
            Self.powers(upTo: limit).flatMap { column.schedule($0)?.times ?? [] }
        }
        let common = try KLUBMeasurement(
            process: process, denoiser: denoiser, data: data, known: known,
            grid: Schedule(times: Set(all).sorted(by: >)), freezing: freezings[0], seed: seed &+ 1
        ) { try progress(1 - share + share * Double($0) / Double($1)) }
        costs = costs(upTo: limit) { common.cost(of: $0) }
        costs?.title += ", frozen \(freezings[0].rawValue)"
    }

    /// Takes what dynamic programming has found elsewhere, and searches the paper's way beside it.
    init(
        process: AbsorbingProcess, denoiser: any Denoiser, data: [Token], dp: [Schedule], limit: Int,
        seed: UInt64, progress: (Double) throws -> Void = { _ in }
    ) throws {
        let clock = ContinuousClock()
        let start = clock.now
        let golden = try GoldenSearch().schedules(
            upTo: limit, process: process, denoiser: denoiser, data: data, freezing: .rates, seed: seed
        ) { try progress(0.5) }
        self.init(
            golden: golden.schedules, dp: [("dp", dp)],
            remark: "golden, on KLUB with frozen rates on \(data.count / denoiser.cellCount) windows, took "
                + "\(golden.denoiserCalls) calls of the denoiser and \(Self.seconds(clock.now - start)) s.")
    }

    /// The table of costs under the name of what they are of; none if they were not measured.
    func costs(of name: String) -> [EvaluationReport] {
        costs.map { report in
            var report = report
            report.title = "\(name): \(report.title)"
            return [report]
        } ?? []
    }

    private static func powers(upTo limit: Int) -> [Int] {
        Array(sequence(first: 2) { $0 * 2 <= limit ? $0 * 2 : nil }.prefix { $0 <= limit })
    }

    private static func seconds(_ duration: Duration) -> Double {
        (duration / .milliseconds(100)).rounded() / 10
    }

    /// The table of costs, with 1.96 standard errors.
    private func costs(
        upTo limit: Int, cost: (Schedule) -> (mean: Double, standardError: Double)?
    ) -> EvaluationReport {
        var report = EvaluationReport(title: "Cost, nats", metrics: columns.map(\.name))
        for steps in Self.powers(upTo: limit) {
            var values: [String: Estimate] = [:]
            for column in columns {
                guard let found = column.schedule(steps).flatMap(cost) else { continue }
                values[column.name] = Estimate(
                    mean: found.mean, halfWidth: 1.96 * found.standardError, count: 1)
            }
            report.rows.append(EvaluationReport.row(steps, values))
        }
        return report
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
