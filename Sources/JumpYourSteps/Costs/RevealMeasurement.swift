import DiscreteDiffusion
import ProcessGroups

/// What a sampler that reveals the cells of a sample in an order of its own says of data, step by step.
///
/// With `left(t)` of the n free cells still masked at t, the step from s to u reveals those from place `n - left(s)` to `n - left(u)`
/// of the order, and says of them
///
///     L(s, u) = E [ sum over the cells revealed of  -log p(x^d | x_s) ]
///
/// nats: over a schedule, the model's chain rule in that order, with less and less said one after another, and so an upper bound on
/// `-log p` of data under the sampler with that schedule. In one step every order says the same; with the exact denoiser, a cell a
/// step, every order says `-log p` of the data. A random order saves against one step about what the information curve says, whose
/// numbers of masked cells vary. One call of the denoiser for a sample and a time prices all steps from there.
public struct RevealMeasurement: Sendable {
    /// How many samples have a free cell.
    public let sampleCount: Int
    /// How many noised samples the denoiser has been given: one a sample and grid time but 0.
    public let denoiserCalls: Int
    /// The seed of the orders.
    public let seed: UInt64
    let losses: SampleCosts

    /// The grid.
    public var grid: Schedule { losses.grid }

    /// The times to measure at, each a whole number of cells: those of `InformationCurve.measuringTimes` and of the uniform schedule of
    /// so many steps.
    ///
    /// - Parameters:
    ///   - count: How many of the former, at least 2.
    ///   - cellCount: Free cells of a sample, at least 1.
    ///   - steps: Steps of the uniform schedule, at least 1; with more than there are cells some fall together.
    public static func grid(count: Int, cellCount: Int, uniform steps: Int) -> Schedule {
        let even = (0...steps).map { Double($0) / Double(steps) }
        let times = InformationCurve.measuringTimes(count: count, cellCount: Double(cellCount)) + even
        let counts = Set(times.map { absorbing.changedCells(of: cellCount, at: $0) })
        return Schedule(trusted: counts.sorted(by: >).map { Double($0) / Double(cellCount) })
    }

    /// Measures.
    ///
    /// - Parameters:
    ///   - denoiser: The model; MASK is its `stateCount`.
    ///   - data: Clean samples, `[n, D]`, two at least.
    ///   - known: The cells a task gives, `[n, D]`; they stay clean and are not scored. Nil if all are free.
    ///   - sources: What each sample is of, `[n]`; nil if each is of its own.
    ///   - grid: The times, from 1 to 0.
    ///   - order: Draws the order in which so many free cells are revealed, as their places.
    ///   - seed: The seed of the orders.
    ///   - batchSize: How many noised samples the denoiser sees together, at least 1.
    ///   - group: The processes that share the samples out; what they find does not depend on their number.
    ///   - progress: Called with the samples done and to do; what it throws ends the run.
    /// - Throws: `CostError`, and what the denoiser or `progress` throws.
    public init(
        denoiser: any Denoiser, data: [Token], known: [Bool]? = nil, sources: [Int]? = nil, grid: Schedule,
        order draw: (_ count: Int, _ generator: inout CounterGenerator) -> [Int], seed: UInt64,
        batchSize: Int = 64, group: some ProcessGroup = SingleProcess(),
        progress: (_ done: Int, _ total: Int) throws -> Void = { _, _ in }
    ) throws {
        guard batchSize >= 1 else { throw CostError.batchSize(batchSize) }
        // The same checks as for masking orders.
        let orders = try MaskingOrder.orders(denoiser: denoiser, data: data, known: known, seed: seed).map {
            order in
            var generator = CounterGenerator(seed: seed, for: .cost, stream: UInt64(order.sample))
            let cells = order.cells.sorted()
            return RevealOrder(
                sample: order.sample, cells: draw(cells.count, &generator).map { cells[$0] },
                times: grid.times)
        }
        guard sources.map({ $0.count == data.count / denoiser.cellCount }) ?? true else {
            throw CostError.sourceCount(sources?.count ?? 0, samples: data.count / denoiser.cellCount)
        }
        var batch = MaskedBatch(denoiser: denoiser)
        let none = Array(repeating: 0.0, count: grid.times.count * grid.times.count)
        var tables = Array(repeating: none, count: orders.count)
        for (number, order) in orders.enumerated() where group.takes(number) {
            tables[number] = try order.losses(
                of: data, times: grid.times, batch: &batch, batchSize: batchSize)
            try progress(number + 1, orders.count)
        }
        for number in tables.indices { try group.sum(&tables[number]) }
        losses = SampleCosts(
            grid: grid, tables: tables, sources: orders.map { sources?[$0.sample] ?? $0.sample })
        sampleCount = orders.count
        denoiserCalls = orders.count * grid.stepCount
        self.seed = seed
    }

    /// The mean loss of every step, nats.
    public func table() -> CostTable { losses.table() }

    /// What is said of a sample along a schedule whose times lie on the grid, nats, with its standard error; nil if one does not.
    public func loss(of schedule: Schedule) -> (mean: Double, standardError: Double)? {
        losses.cost(of: schedule)
    }
}

/// Says how many cells are masked, as the samplers do; how many states they have is of no account there.
private let absorbing = AbsorbingProcess(stateCount: 1)

/// The order in which a sample's cells are revealed.
private struct RevealOrder {
    let sample: Int
    let cells: [Int]
    /// How many are revealed at each time of the grid, `[G]`.
    let revealed: [Int]

    init(sample: Int, cells: [Int], times: [Double]) {
        self.sample = sample
        self.cells = cells
        revealed = times.map { cells.count - absorbing.changedCells(of: cells.count, at: $0) }
    }

    /// What each step says of the cells that it reveals, nats, at `j * G + i` for that from time i to time j.
    func losses(
        of data: [Token], times: [Double], batch: inout MaskedBatch, batchSize: Int
    ) throws -> [Double] {
        let count = times.count
        var table = Array(repeating: 0.0, count: count * count)
        for first in stride(from: 0, to: count - 1, by: batchSize) {
            let part = first..<min(first + batchSize, count - 1)
            batch.clear()
            for earlier in part {
                batch.append(sample, masking: cells[revealed[earlier]...], of: data, at: times[earlier])
            }
            try batch.predict()
            for earlier in part {
                var (sum, place) = (0.0, revealed[earlier])
                for later in earlier + 1..<count {
                    for cell in cells[place..<revealed[later]] {
                        sum += try batch.loss(
                            row: earlier - first, sample: sample, cell: cell, data: data, time: times[earlier]
                        )
                    }
                    place = revealed[later]
                    table[later * count + earlier] = sum
                }
            }
        }
        return table
    }
}
