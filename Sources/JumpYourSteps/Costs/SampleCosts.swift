import DiscreteDiffusion

/// What every step between the times of a grid costs on each of some samples.
struct SampleCosts: Sendable {
    /// The grid.
    let grid: Schedule
    /// `C(t_i, t_j)` of each sample, at `j * G + i`.
    let tables: [[Double]]
    /// What each sample is of: samples of one source are not independent.
    let sources: [Int]

    /// The mean cost of every step, nats.
    func table() -> CostTable {
        let count = grid.times.count
        let mean = (0..<count * count).map { place in
            tables.reduce(0) { $0 + $1[place] } / Double(tables.count)
        }
        return CostTable(times: grid.times) { mean[$1 * count + $0] }
    }

    /// The cost of a schedule whose times lie on the grid, nats, with its standard error over the samples or their sources; nil
    /// if one does not.
    func cost(of schedule: Schedule) -> (mean: Double, standardError: Double)? {
        guard let costs = self.costs(of: schedule) else { return nil }
        return (costs.reduce(0, +) / Double(costs.count), Spread.errorOfMean(costs, sources: sources))
    }

    /// The errors of what a schedule costs beside a uniform one, both of the grid's times; nil if one is not.
    func errors(of schedule: Schedule, against uniform: Schedule) -> CostErrors? {
        guard let costs = self.costs(of: schedule), let uniformCosts = self.costs(of: uniform) else {
            return nil
        }
        return CostErrors(costs: costs, uniformCosts: uniformCosts, sources: sources)
    }

    /// What a schedule costs on each sample, nats.
    private func costs(of schedule: Schedule) -> [Double]? {
        let places = schedule.times.compactMap { grid.times.firstIndex(of: $0) }
        guard places.count == schedule.times.count else { return nil }
        let count = grid.times.count
        return tables.map { table in
            zip(places, places.dropFirst()).reduce(0) { $0 + table[$1.1 * count + $1.0] }
        }
    }
}
