/// k-Gillespie: in each step exactly the k cells with the shortest holding times jump, each as its reverse rates at t say.
///
/// How many they are the schedule says: `k = n(t) - n(u)`, where n counts the cells that noise has changed by then,
/// `n(t) = free cells * (1 - alpha(t)) / (1 - alpha(1))`, rounded. For absorbing noise that is the number of masked
/// cells, all holding times have one law, and the step reveals k masked cells at random; with k = 1 it is sampling in
/// a random order, exact for an exact denoiser. Other noise may have a cell jump in several steps, and the step to u = 0 draws
/// x_0 of every cell from the posterior, in the same call. (Zhao et al. 2024, arXiv 2407.21243, section 2.)
public struct GillespieSampler: Sampler, Hashable {
    /// Creates the sampler.
    public init() {}

    /// `gillespie`.
    public var name: String { "gillespie" }

    /// One call of the denoiser, at t.
    public func step(
        _ batch: inout SamplingBatch, process: some ForwardProcess, from time: Double, to target: Double
    ) throws {
        try batch.predict(at: time)
        if target == 0 && !process.hasMask {
            return try batch.drawBridges(process: process, from: time, to: 0)
        }
        for sample in 0..<batch.count {
            let cells = try jumpingCells(&batch, sample: sample, process: process, from: time, to: target)
            for cell in cells {
                if process.hasMask {
                    batch[sample, cell] = try batch.drawClean(sample: sample, cell: cell)
                } else {
                    let total = try batch.reverseRates(
                        sample: sample, cell: cell, process: process, at: time)
                    if total > 0 { batch[sample, cell] = batch.drawTarget(sample: sample, total: total) }
                }
            }
        }
    }

    /// The cells with the shortest holding times, the shortest first.
    private func jumpingCells(
        _ batch: inout SamplingBatch, sample: Int, process: some ForwardProcess, from time: Double,
        to target: Double
    ) throws(SamplingError) -> [Int] {
        let cells = batch.freeCells(ofSample: sample)
        if process.hasMask {
            let masked = cells.filter { Int(batch[sample, $0]) == batch.stateCount }
            let left = process.changedCells(of: cells.count, at: target)
            let order = batch.generators[sample].drawOrder(of: masked.count)
            return order.prefix(max(0, masked.count - left)).map { masked[$0] }
        }
        let count =
            process.changedCells(of: cells.count, at: time)
            - process.changedCells(of: cells.count, at: target)
        var holding: [(time: Double, cell: Int)] = []
        for cell in cells {
            let clock = batch.generators[sample].drawExponential()
            let total = try batch.reverseRates(sample: sample, cell: cell, process: process, at: time)
            holding.append((total > 0 ? clock / total : .infinity, cell))
        }
        holding.sort { ($0.time, $0.cell) < ($1.time, $1.cell) }
        return holding.prefix(count).map(\.cell)
    }
}
