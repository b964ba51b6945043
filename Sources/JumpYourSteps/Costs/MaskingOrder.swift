import DiscreteDiffusion
import RealModule

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
