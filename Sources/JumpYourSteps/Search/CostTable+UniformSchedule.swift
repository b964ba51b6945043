import DiscreteDiffusion

extension CostTable {
    /// Equal steps, their times moved to the nearest of the grid.
    ///
    /// - Precondition: `1 <= stepCount < G`.
    func uniformSchedule(stepCount: Int) -> Schedule {
        var points = [0]
        for step in 1...stepCount {
            let time = times[0] * (1 - Double(step) / Double(stepCount))
            // Room is left for the steps to come.
            let last = times.count - 1 - (stepCount - step)
            let range = points[step - 1] + 1...last
            points.append(range.min { abs(times[$0] - time) < abs(times[$1] - time) } ?? last)
        }
        return Schedule(trusted: points.map { times[$0] })
    }
}
