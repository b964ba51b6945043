import DiscreteDiffusion
import RealModule

extension InformationCurve {
    /// Measures the curve of a denoiser for absorbing noise on data.
    ///
    /// At time t a masked cell sees each other free cell masked with probability t, so among n free cells
    /// `1 + Binomial(n - 1, t)` are masked if it is. That many are masked, and the loss is averaged over them all: unbiased
    /// at every t from 0 to 1. Each sample has one random order of its cells and one quantile of the binomial law for all
    /// times, so its masks grow with t (common random numbers), and the quantiles are stratified over the samples.
    ///
    /// - Parameters:
    ///   - denoiser: The model; MASK is its `stateCount`.
    ///   - data: Clean samples, `[n, D]`, two at least.
    ///   - known: The cells a task gives, `[n, D]`; they stay clean and are not scored. Nil if all are free. Samples
    ///     without a free cell are passed over.
    ///   - gridSize: The number of times, at least 2; see `measuringTimes`.
    ///   - seed: The seed of the noise.
    ///   - batchSize: How many noised samples the denoiser sees together, at least 1.
    ///   - progress: Called with the noised samples done and to do, now and then; what it throws ends the run.
    /// - Throws: `CostError`, and what the denoiser or `progress` throws.
    public static func measure(
        denoiser: any Denoiser, data: [Token], known: [Bool]? = nil, gridSize: Int = 64, seed: UInt64,
        batchSize: Int = 64, progress: (_ done: Int, _ total: Int) throws -> Void = { _, _ in }
    ) throws -> InformationCurveMeasurement {
        precondition(gridSize >= 2 && batchSize >= 1, "\(gridSize) times, batches of \(batchSize)")
        let samples = try MaskingOrder.orders(denoiser: denoiser, data: data, known: known, seed: seed)
        let freeCounts = samples.map { Double($0.cells.count) }
        let times = measuringTimes(
            count: gridSize, cellCount: freeCounts.reduce(0, +) / Double(samples.count))

        var points = [Double](repeating: 0, count: samples.count * times.count)
        var batch = MaskedBatch(denoiser: denoiser)
        for first in stride(from: 0, to: points.count, by: batchSize) {
            let part = first..<min(first + batchSize, points.count)
            batch.clear()
            for point in part {
                batch.append(samples[point / times.count], of: data, at: times[point % times.count])
            }
            try batch.predict()
            for (row, point) in part.enumerated() {
                points[point] = try batch.meanLoss(
                    row: row, sample: samples[point / times.count], data: data,
                    time: times[point % times.count])
            }
            try progress(part.upperBound, points.count)
        }
        return InformationCurveMeasurement(times: times, points: points, freeCounts: freeCounts, seed: seed)
    }
}

/// In which order, and when, the cells of a sample are masked.
struct MaskingOrder {
    /// Which of the samples it belongs to.
    let sample: Int
    /// The free cells in the order in which they are masked as t grows; not empty.
    let cells: [Int]
    /// Which quantile of the number of masked cells it takes, 0..<1.
    let quantile: Double

    /// How many cells are masked at time t, given that one is: a quantile of `1 + Binomial(n - 1, t)`.
    func maskedCount(at time: Double) -> Int {
        let others = cells.count - 1
        if time <= 0 { return 1 }
        if time >= 1 { return cells.count }
        // The logarithm of the binomial law term by term: the terms themselves underflow.
        let odds = Double.log(time) - .log(onePlus: -time)
        var term = Double(others) * .log(onePlus: -time)
        var (count, sum) = (0, Double.exp(term))
        while count < others && sum <= quantile {
            term += odds + .log(Double(others - count)) - .log(Double(count + 1))
            count += 1
            sum += .exp(term)
        }
        return count + 1
    }

    static func orders(
        denoiser: any Denoiser, data: [Token], known: [Bool]?, seed: UInt64
    ) throws(CostError) -> [MaskingOrder] {
        let (cells, states) = (denoiser.cellCount, denoiser.stateCount)
        guard cells > 0, data.count >= 2 * cells, data.count % cells == 0 else {
            throw .data(tokens: data.count, cells: cells)
        }
        guard known == nil || known?.count == data.count else {
            throw .knownCount(known?.count ?? 0, tokens: data.count)
        }
        for (index, token) in data.enumerated() where Int(token) >= states {
            throw .token(token, sample: index / cells, cell: index % cells, states: states)
        }
        let count = data.count / cells
        // No sample has this stream: it belongs to all of them.
        var common = CounterGenerator(seed: seed, for: .cost, stream: .max)
        let strata = common.drawOrder(of: count)
        let orders = (0..<count).compactMap { sample -> MaskingOrder? in
            var generator = CounterGenerator(seed: seed, for: .cost, stream: UInt64(sample))
            let quantile = (Double(strata[sample]) + generator.drawUnit()) / Double(count)
            let order = generator.drawOrder(of: cells).filter { cell in
                known.map { !$0[sample * cells + cell] } ?? true
            }
            return order.isEmpty ? nil : MaskingOrder(sample: sample, cells: order, quantile: quantile)
        }
        guard orders.count >= 2 else { throw .nothingFree }
        return orders
    }
}
