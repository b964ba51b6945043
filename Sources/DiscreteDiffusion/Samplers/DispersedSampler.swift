/// Reveals, in each step, masked cells that lie far apart. Absorbing noise only.
///
/// What a step loses is how much the cells that it reveals depend on each other, and cells depend on their neighbours most. The chain
/// rule holds in any order that is chosen without looking at the tokens, so the order may be one whose stretches are spread
/// evenly over the sample's free cells: `DispersedOrder`. As many cells stay masked as `t * free cells`, rounded, says; with one cell a step an
/// exact denoiser is sampled exactly.
public struct DispersedSampler: Sampler, Hashable {
    /// Creates the sampler.
    public init() {}

    /// `dispersed`.
    public var name: String { "dispersed" }

    /// True.
    public var needsMask: Bool { true }

    /// One call of the denoiser, at t.
    public func step(
        _ batch: inout SamplingBatch, process: some ForwardProcess, from time: Double, to target: Double
    ) throws {
        try batch.predict(at: time)
        for sample in 0..<batch.count {
            let order = batch.revealOrder(ofSample: sample) { cells, generator in
                DispersedOrder.draw(of: cells.count, using: &generator).map { cells[$0] }
            }
            let masked = order.filter { Int(batch[sample, $0]) == batch.stateCount }
            let left = process.changedCells(of: order.count, at: target)
            for cell in masked.prefix(max(0, masked.count - left)) {
                batch[sample, cell] = try batch.drawClean(sample: sample, cell: cell)
            }
        }
    }
}
