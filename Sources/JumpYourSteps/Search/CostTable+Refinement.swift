import DiscreteDiffusion

extension CostTable {
    /// A grid for a closer look, fine where steps must be short: the times of the optimal schedule of few steps on this one, and as many
    /// between them, evenly along the smooth curve through those times by their number.
    ///
    /// - Parameters:
    ///   - steps: The steps of the schedule that is followed, at least 1; as many as this grid has if that is fewer.
    ///   - count: The steps of the new grid, at least 1.
    ///   - earliest: The time below which the new grid has none but 0, since the model is not to be trusted there.
    public func refinedGrid(steps: Int, count: Int, earliest: Double = 0) -> Schedule {
        precondition(steps >= 1 && count >= 1, "\(count) times along \(steps) steps")
        let coarse = optimalSchedules(upTo: steps).last?.schedule.times ?? times
        let curve = MonotoneCubic(
            knots: coarse.indices.map { Double($0) / Double(coarse.count - 1) }, values: coarse)
        // The place along the curve where it comes to the earliest time, by halving.
        var (end, later) = (1.0, 0.0)
        if earliest > 0 {
            while end - later > 1e-9 {
                let middle = (end + later) / 2
                if curve.value(at: middle) < earliest { end = middle } else { later = middle }
            }
            end = later
        }
        let parts = Double(earliest > 0 ? max(1, count - 1) : count)
        return Schedule(
            trusted: (0..<count).map { curve.value(at: end * Double($0) / parts) } + [0])
    }
}
