import DiscreteDiffusion
import JumpYourSteps
import RealModule
import TestSupport
import Testing

@Suite struct OptimalScheduleTests {
    /// Every way to choose the inner times of a small grid, one by one.
    private func bruteForce(_ table: CostTable, steps: Int) -> Double {
        let last = table.times.count - 1
        return (0..<1 << (last - 1)).filter { $0.nonzeroBitCount == steps - 1 }.map { choice in
            let points = [0] + (1..<last).filter { choice >> ($0 - 1) & 1 == 1 } + [last]
            return zip(points, points.dropFirst()).reduce(0) { $0 + table.cost(from: $1.0, to: $1.1) }
        }.min() ?? .infinity
    }

    /// Costs drawn at random: nothing about them helps the search.
    @Test(arguments: [UInt64(1), 2, 3, 4])
    func searchIsBruteForce(seed: UInt64) throws {
        var generator = CounterGenerator(seed: seed)
        let grid = try Schedule.uniform(10)
        let table = CostTable(grid: grid) { _, _ in generator.drawUnit() }
        let found = table.optimalSchedules(upTo: 100)
        #expect(found.map(\.schedule.stepCount) == Array(1...10))
        for (index, result) in found.enumerated() {
            #expect(abs(result.cost - bruteForce(table, steps: index + 1)) < 1e-12, "seed \(seed)")
            let points = result.schedule.times.compactMap { table.times.firstIndex(of: $0) }
            #expect(points.first == 0 && points.last == 10 && points.count == index + 2)
            let cost = zip(points, points.dropFirst()).reduce(0) { $0 + table.cost(from: $1.0, to: $1.1) }
            #expect(abs(cost - result.cost) < 1e-12)
        }
    }

    @Test func searchOnAnExactCurveIsBruteForce() throws {
        let table = try JointTable(
            MarkovChain(
                cellCount: 3, initial: [0.6, 0.3, 0.1],
                transitions: [0.1, 0.85, 0.05, 0.05, 0.15, 0.8, 0.7, 0.1, 0.2]))
        let curve = InformationCurve(exactlyOf: table)
        let costs = CostTable(grid: curve.searchGrid(count: 14), curve: curve)
        for (index, result) in costs.optimalSchedules(upTo: 13).enumerated() {
            #expect(abs(result.cost - bruteForce(costs, steps: index + 1)) < 1e-12)
            #expect(abs(result.cost - curve.cost(of: result.schedule)) < 1e-12)
        }
    }

    @Test func limitsAreKept() throws {
        let table = CostTable(grid: try .uniform(3)) { $0 - $1 }
        #expect(table.optimalSchedules(upTo: 0).isEmpty)
        #expect(table.optimalSchedules(upTo: -5).isEmpty)
        #expect(table.optimalSchedules(upTo: 2).count == 2)
        #expect(table.optimalSchedules(upTo: .max).count == 3)
        #expect(CostTable(grid: try .uniform(1)) { _, _ in 2 }.optimalSchedules(upTo: 5).map(\.cost) == [2])
    }

    /// The grid does not bind: no uniform or cosine schedule of up to 64 steps is cheaper by more than 5e-5 of its cost. (For
    /// a straight curve the uniform schedule is the best there is.)
    @Test func foundSchedulesBeatUniformAndCosine() throws {
        let times = InformationCurve.measuringTimes(count: 64, cellCount: 256)
        for shape: (Double) -> Double in [
            { $0 }, { $0 * $0 * $0 }, { Double.root($0, 3) }, { Double.exp(-100 * (1 - $0)) + 0.1 * $0 },
        ] {
            let curve = try InformationCurve(cellCount: 256, times: times, values: times.map(shape))
            let found = curve.optimalSchedules(upTo: 64)
            #expect(found.count == 64)
            for (index, result) in found.enumerated() {
                #expect(result.cost <= curve.cost(of: try .uniform(index + 1)) * 1.00005 + 1e-9)
                #expect(result.cost <= curve.cost(of: try .cosine(index + 1)) * 1.00005 + 1e-9)
                if index > 0 { #expect(result.cost <= found[index - 1].cost) }
            }
        }
    }

    @Test func gridsFallAndReachBothEnds() throws {
        for cells in [1.0, 3, 256, 4096] {
            for count in [2, 3, 64, 512] {
                let times = InformationCurve.measuringTimes(count: count, cellCount: cells)
                #expect(times.first == 0 && times.last == 1 && times.count == count)
                let curve = try InformationCurve(cellCount: cells, times: times, values: times)
                let grid = curve.searchGrid(count: count)
                #expect(try Schedule(times: grid.times) == grid)
                #expect(grid.start == 1 && grid.times.count == count)
            }
        }
        let flat = try InformationCurve(cellCount: 4, times: [0, 1], values: [2, 2])
        #expect(try Schedule(times: flat.searchGrid().times).stepCount == 1023)
        #expect(flat.cost(of: try .uniform(1)) == 0)
    }
}
