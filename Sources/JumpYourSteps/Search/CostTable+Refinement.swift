import DiscreteDiffusion

extension CostTable {
    /// A grid for a second look: the optimal schedule of few steps on this one, each of its steps cut into equal parts. Where steps must be
    /// short the grid is fine.
    ///
    /// - Parameters:
    ///   - steps: The steps of the schedule that is cut, at least 1.
    ///   - parts: Into how many parts each is cut, at least 1.
    public func refinedGrid(steps: Int, parts: Int) -> Schedule {
        precondition(steps >= 1 && parts >= 1, "\(steps) steps in \(parts) parts")
        let coarse = optimalSchedules(upTo: steps).last?.schedule.times ?? times
        let fine = zip(coarse, coarse.dropFirst()).flatMap { earlier, later in
            (0..<parts).map { earlier - (earlier - later) * Double($0) / Double(parts) }
        }
        return Schedule(trusted: fine + [0])
    }
}
