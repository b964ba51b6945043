import DiscreteDiffusion
import ProcessGroups

/// Where the paths come from that a cost is measured on.
public enum Paths: String, CaseIterable, Sendable {
    /// Data, noised: what the model was trained on.
    case data
    /// The model, sampled by `tweedie` on the whole grid: what it meets when it generates.
    case model
}

/// The Kullback-Leibler upper bound (KLUB) of every step between the times of a grid, measured on paths from data to noise.
///
/// The bound of a step from s to u that freezes what it knows at s is the KL divergence of path measures
///
///     C(s, u) = integral from u to s of  E [ sum over cells, y != x_r of  Rhat_r log(Rhat_r / F) - Rhat_r + F ] dr
///
/// F being the rates at r under what was frozen at s; integrated over the times of the grid by the trapezoidal rule. (Jump Your
/// Steps, arXiv 2410.07761, theorem 3.2.)
public struct KLUBMeasurement: Sendable {
    /// What the measured steps freeze.
    public let freezing: Freezing
    /// Where its paths come from.
    public let paths: Paths
    /// Samples that have a free cell.
    public let sampleCount: Int
    /// How many noised samples the denoiser has been given: one a sample and grid time but 0.
    public internal(set) var denoiserCalls: Int
    /// The seed of the noise.
    public let seed: UInt64
    let costs: SampleCosts

    /// The grid.
    public var grid: Schedule { costs.grid }

    /// Measures.
    ///
    /// - Parameters:
    ///   - process: The noise.
    ///   - denoiser: The model.
    ///   - data: Clean samples, `[n, D]`, two at least.
    ///   - known: The cells a task gives, `[n, D]`; they stay clean and are not scored. Nil if all are free.
    ///   - sources: What each sample is of, `[n]`, such as the piece a window was cut from: samples of one source do not count
    ///     as independent in standard errors. Nil if each is on its own.
    ///   - grid: The times.
    ///   - freezing: What a step keeps fixed.
    ///   - paths: Where the paths come from; with those of the model the data give the known cells alone.
    ///   - seed: The seed of the noise, which is common to all times of a sample.
    ///   - batchSize: How many noised samples the denoiser sees together, at least 1.
    ///   - group: The processes that share the samples out; what they find does not depend on their number.
    ///   - progress: Called with the samples done and to do; what it throws ends the run.
    /// - Throws: `CostError`, and what the denoiser or `progress` throws.
    public init(
        process: some ForwardProcess, denoiser: any Denoiser, data: [Token], known: [Bool]? = nil,
        sources: [Int]? = nil, grid: Schedule, freezing: Freezing, paths origin: Paths = .data, seed: UInt64,
        batchSize: Int = 64, group: some ProcessGroup = SingleProcess(),
        progress: (_ done: Int, _ total: Int) throws -> Void = { _, _ in }
    ) throws {
        var paths = try PathRates(
            process: process, denoiser: denoiser, data: data, known: known, seed: seed, batchSize: batchSize)
        let samples = paths.samples
        guard sources.map({ $0.count == paths.freeCells.count }) ?? true else {
            throw CostError.sourceCount(sources?.count ?? 0, samples: paths.freeCells.count)
        }
        let times = grid.times
        let none = Array(repeating: 0.0, count: times.count * times.count)
        var tables = Array(repeating: none, count: samples.count)
        // A few at a time: all rows of a path are kept until its table is done.
        for first in stride(from: 0, to: samples.count, by: Self.pathsAtOnce)
        where group.takes(first / Self.pathsAtOnce) {
            let part = samples[first..<min(first + Self.pathsAtOnce, samples.count)]
            // All times but 0, where nothing is left to jump.
            let rows =
                switch origin {
                case .data:
                    try part.map { sample in
                        try paths.rows(times.dropLast().map { .init(sample: sample, time: $0) })
                    }
                case .model: try paths.modelRows(Array(part), grid: grid)
                }
            for (number, rows) in rows.enumerated() {
                tables[first + number] = try Self.table(rows, times: times, freezing)
            }
            try progress(first + part.count, samples.count)
        }
        for number in tables.indices { try group.sum(&tables[number]) }
        var calls = [Double(paths.denoiserCalls)]
        try group.sum(&calls)
        costs = SampleCosts(grid: grid, tables: tables, sources: samples.map { sources?[$0] ?? $0 })
        self.freezing = freezing
        self.paths = origin
        self.seed = seed
        sampleCount = samples.count
        denoiserCalls = Int(calls[0])
    }

    private static let pathsAtOnce = 8

    /// The costs of one sample.
    private static func table(
        _ rows: PathRows, times: [Double], _ freezing: Freezing
    ) throws(CostError) -> [Double] {
        let count = times.count
        var table = Array(repeating: 0.0, count: count * count)
        for earlier in 0..<count - 1 {
            // The trapezoidal rule; at r = s nothing differs, and at r = 0, where rates may have no bound, the last value stands in.
            var (sum, before) = (0.0, 0.0)
            for later in earlier + 1..<count {
                let here =
                    later < count - 1
                    ? try rows.divergence(of: later, frozenAt: earlier, in: rows, freezing) : before
                sum += (times[later - 1] - times[later]) * (before + here) / 2
                table[later * count + earlier] = sum
                before = here
            }
        }
        return table
    }

    /// The mean cost of every step, nats.
    public func table() -> CostTable { costs.table() }

    /// The cost of a schedule whose times lie on the grid, nats, with its standard error over the samples or their sources; nil
    /// if one does not.
    public func cost(of schedule: Schedule) -> (mean: Double, standardError: Double)? {
        costs.cost(of: schedule)
    }
}
