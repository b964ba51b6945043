import DiscreteDiffusion

/// A schedule and what it costs.
public struct CostedSchedule: Hashable, Sendable {
    /// The times.
    public let schedule: Schedule
    /// Its cost, nats.
    public let cost: Double
}

extension CostTable {
    /// Finds, for every number of steps from 1 to `limit` at once, the cheapest schedule whose times lie on the grid.
    ///
    /// Dynamic programming: the cheapest way to grid point j in n steps ends with a step from some i < j, before which
    /// it is the cheapest way to i in n - 1. `limit * G^2 / 2` additions.
    ///
    /// - Parameter limit: The largest number of steps; the grid allows G - 1.
    /// - Returns: The schedules of 1, 2, ..., min(limit, G - 1) steps. Empty if `limit` is below 1.
    public func optimalSchedules(upTo limit: Int) -> [CostedSchedule] {
        let count = times.count
        let most = min(limit, count - 1)
        guard most >= 1 else { return [] }
        // best[j]: the least cost from the start to grid point j in the present number of steps.
        var best = Array(repeating: Double.infinity, count: count)
        best[0] = 0
        var sources: [[Int]] = []
        var result: [CostedSchedule] = []
        for steps in 1...most {
            let (next, source) = extend(best, steps: steps)
            best = next
            sources.append(source)
            result.append(CostedSchedule(schedule: trace(sources), cost: best[count - 1]))
        }
        return result
    }

    /// Adds one step: the least cost to each grid point in `steps` steps, and where the last of them starts.
    private func extend(_ best: [Double], steps: Int) -> (best: [Double], sources: [Int]) {
        let count = times.count
        var next = Array(repeating: Double.infinity, count: count)
        var sources = Array(repeating: 0, count: count)
        let (reached, table) = (best.span, costs.span)
        for later in steps..<count {
            var (least, source) = (Double.infinity, steps - 1)
            let row = later * count
            for earlier in steps - 1..<later {
                // In range: `earlier < later < count`. Checked reads take twice as long.
                let cost = reached[unchecked: earlier] + table[unchecked: row + earlier]
                if cost < least { (least, source) = (cost, earlier) }
            }
            next[later] = least
            sources[later] = source
        }
        return (next, sources)
    }

    /// The schedule that ends at 0 after as many steps as there are lists of sources.
    private func trace(_ sources: [[Int]]) -> Schedule {
        var points = [times.count - 1]
        for source in sources.reversed() { points.append(source[points[points.count - 1]]) }
        return Schedule(trusted: points.reversed().map { times[$0] })
    }
}
