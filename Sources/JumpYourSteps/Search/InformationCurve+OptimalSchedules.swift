import DiscreteDiffusion

extension InformationCurve {
    /// Finds the cheapest schedule of every number of steps from 1 to `limit`.
    ///
    /// First the global optimum on a grid (`CostTable.optimalSchedules`), then, for each schedule, dynamic programming
    /// again over times between the grid's: every inner time may move about as far as the neighbouring grid points, all
    /// together, then half as far, and so on. What the grid still costs in the end is below a ten-thousandth.
    ///
    /// - Parameters:
    ///   - limit: The largest number of steps.
    ///   - gridSize: The number of times of the grid, at least 2; there are schedules of up to `gridSize - 1` steps.
    /// - Returns: The schedules of 1, 2, ... steps with their costs, nats. Times are multiples of a millionth.
    public func optimalSchedules(upTo limit: Int, gridSize: Int = 1024) -> [CostedSchedule] {
        let grid = searchGrid(count: gridSize)
        return CostTable(grid: grid, curve: self).optimalSchedules(upTo: limit).map { found in
            let refined = refine(found.schedule, on: grid)
            let cost = cost(of: refined)
            // Rounding may cost more than refining has won.
            return cost <= found.cost ? CostedSchedule(schedule: refined, cost: cost) : found
        }
    }

    private func refine(_ schedule: Schedule, on grid: Schedule) -> Schedule {
        var place = 0
        // How far each time may move up and down.
        var reach: [(up: Double, down: Double)] = schedule.times.map { time in
            while grid.times[place] > time { place += 1 }
            guard place > 0, place < grid.stepCount else { return (0, 0) }
            return (grid.times[place - 1] - time, time - grid.times[place + 1])
        }
        var times = schedule.times
        for pass in 0..<16 {
            times = choose(
                zip(times, reach).map { time, reach in
                    (-4...4).map { notch in
                        point(time + (notch < 0 ? reach.down : reach.up) * Double(notch) / 4)
                    }
                })
            if pass % 2 == 1 { reach = reach.map { ($0.up / 2, $0.down / 2) } }
        }
        times = times.map { ($0 * 1e6).rounded() / 1e6 }
        let falls = zip(times, times.dropFirst()).allSatisfy { $0 > $1 }
        return falls ? Schedule(trusted: times) : schedule
    }

    /// Picks one of the candidates for each time of a schedule so that the schedule is the cheapest.
    private func choose(_ candidates: [[Point]]) -> [Double] {
        var costs = Array(repeating: 0.0, count: candidates[0].count)
        var sources: [[Int]] = []
        for (earlier, later) in zip(candidates, candidates.dropFirst()) {
            let best = later.map { target in
                var (least, source) = (Double.infinity, 0)
                for (index, start) in earlier.enumerated() where start.time > target.time {
                    let cost = costs[index] + cost(from: start, to: target)
                    if cost < least { (least, source) = (cost, index) }
                }
                return (cost: least, source: source)
            }
            costs = best.map(\.cost)
            sources.append(best.map(\.source))
        }
        var index = 0
        var times = [candidates[candidates.count - 1][index].time]
        for (row, source) in zip(candidates, sources).reversed() {
            index = source[index]
            times.append(row[index].time)
        }
        return times.reversed()
    }
}
