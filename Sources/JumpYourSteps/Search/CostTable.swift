import DiscreteDiffusion

/// The cost of every step between the times of a grid, whatever the cost is: `C(t_i, t_j)` for i < j.
public struct CostTable: Sendable {
    /// The grid, `[G]`, falling from the start of the noise to 0.
    public let times: [Double]
    /// `C(t_i, t_j)` at `j * G + i`: the search runs over i for one j.
    let costs: [Double]

    /// Computes the table, `G (G - 1) / 2` costs.
    ///
    /// - Parameters:
    ///   - grid: The times; each step of a schedule found later goes from one to another.
    ///   - cost: The cost of a step from s to u < s; finite.
    public init(grid: Schedule, cost: (_ time: Double, _ target: Double) -> Double) {
        let times = grid.times
        self.init(times: times) { cost(times[$0], times[$1]) }
    }

    /// Computes the table of an information curve, whose value and integral are looked up once a time.
    public init(grid: Schedule, curve: InformationCurve) {
        let points = grid.times.map(curve.point)
        self.init(times: grid.times) { curve.cost(from: points[$0], to: points[$1]) }
    }

    /// Computes the table from the costs of steps between grid points.
    init(times: [Double], cost: (_ earlier: Int, _ later: Int) -> Double) {
        self.times = times
        let count = times.count
        var costs = Array(repeating: Double.infinity, count: count * count)
        for later in 1..<count {
            for earlier in 0..<later { costs[later * count + earlier] = cost(earlier, later) }
        }
        self.costs = costs
    }

    /// The cost of the step from grid point i to grid point j > i.
    ///
    /// - Precondition: `0 <= i < j < G`.
    public func cost(from earlier: Int, to later: Int) -> Double {
        precondition(
            0 <= earlier && earlier < later && later < times.count, "step from \(earlier) to \(later)")
        return costs[later * times.count + earlier]
    }
}
