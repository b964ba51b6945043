import DiscreteDiffusion
import JumpYourSteps
import Testing

/// The grid for a closer look.
struct RefinementTests {
    /// Where equal steps are best, the closer grid is even.
    @Test func `An even cost gives an even grid`() throws {
        let table = CostTable(grid: try .uniform(16)) { ($0 - $1) * ($0 - $1) }
        let grid = table.refinedGrid(steps: 8, count: 40)
        #expect(grid.stepCount == 40)
        for (index, time) in grid.times.enumerated() { #expect(abs(time - (1 - Double(index) / 40)) < 1e-12) }
    }

    /// A step from s to u that costs `(g(s) - g(u))^2` is best taken at equal steps of g. For `g = sqrt t` these grow short towards 0,
    /// and after two looks the grid has schedules near the best, which cost `1 / N`.
    @Test func `Two closer looks find where steps must be short`() throws {
        func cost(_ time: Double, _ target: Double) -> Double {
            let difference = time.squareRoot() - target.squareRoot()
            return difference * difference
        }
        let coarse = CostTable(grid: try .uniform(16), cost: cost)
        let first = CostTable(grid: coarse.refinedGrid(steps: 8, count: 16), cost: cost)
        let second = CostTable(grid: first.refinedGrid(steps: 8, count: 72), cost: cost)
        let even = CostTable(grid: try .uniform(72), cost: cost)
        for steps in [2, 4, 8, 16] {
            let found = try #require(second.optimalSchedules(upTo: steps).last).cost
            #expect(found < 1.05 / Double(steps), "\(steps) steps cost \(found)")
            #expect(found <= (try #require(even.optimalSchedules(upTo: steps).last)).cost * 1.01)
        }
    }

    @Test func `No time lies below the earliest`() throws {
        let table = CostTable(grid: try .uniform(16)) { $0.squareRoot() - $1.squareRoot() }
        let times = table.refinedGrid(steps: 8, count: 40, earliest: 0.01).times
        #expect(times.count == 41 && times[40] == 0)
        #expect(abs(times[39] - 0.01) < 1e-6 && times[39] >= 0.01)
        #expect(table.refinedGrid(steps: 8, count: 1, earliest: 0.01).times == [1, 0])
    }

    @Test func `Few steps and few times`() throws {
        let table = CostTable(grid: try .uniform(2)) { $0 - $1 }
        #expect(table.refinedGrid(steps: 1, count: 4).times == [1, 0.75, 0.5, 0.25, 0])
        #expect(table.refinedGrid(steps: 8, count: 1).times == [1, 0])
    }
}
