import DiscreteDiffusion

extension CostTable {
    /// A grid for a closer look, fine where steps must be short: the times of the optimal schedule of few steps on this one, and as many
    /// between them, evenly along the smooth curve through those times by their number.
    ///
    /// - Parameters:
    ///   - steps: The steps of the schedule that is followed, at least 1; as many as this grid has if that is fewer.
    ///   - count: The steps of the new grid, at least 1.
    public func refinedGrid(steps: Int, count: Int) -> Schedule {
        precondition(steps >= 1 && count >= 1, "\(count) times along \(steps) steps")
        let coarse = optimalSchedules(upTo: steps).last?.schedule.times ?? times
        let last = coarse.count - 1
        guard last > 1 else {
            return Schedule(trusted: (0...count).map { times[0] * (1 - Double($0) / Double(count)) })
        }
        let curve = MonotoneCubic(knots: coarse.indices.map(Double.init), values: coarse)
        let fine = (0..<count).map { curve.value(at: Double(last) * Double($0) / Double(count)) }
        return Schedule(trusted: fine + [0])
    }
}
