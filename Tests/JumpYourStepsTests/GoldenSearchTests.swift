import DiscreteDiffusion
import JumpYourSteps
import TestSupport
import Testing

@Suite struct GoldenSearchTests {
    private func curve() throws -> InformationCurve {
        let source = CountDown.source()
        return try InformationCurve(exactlyOf: source, under: source.mixed(withUniform: 0.002))
    }

    @Test func everyIntervalIsCutWhereTheGainIsLargest() throws {
        var search = GoldenSearch()
        search.tolerance = 1e-5
        // The best cut lies at 30 % of an interval.
        let found = search.schedules(upTo: 9) { time, cut, target in
            let share = (cut - target) / (time - target)
            return -(share - 0.3) * (share - 0.3)
        }
        #expect(found.map(\.stepCount) == [1, 2, 4, 8])
        for (time, expected) in zip(found[2].times, [1, 0.51, 0.3, 0.09, 0]) {
            #expect(abs(time - expected) < 1e-4)
        }
    }

    /// The paper's search finds schedules close to the best ones, never better ones; sweeps bring them closer.
    @Test func itComesNearTheOptimumOfCountDown() throws {
        let curve = try curve()
        let best = curve.optimalSchedules(upTo: 64)
        let gain: GoldenSearch.Gain = {
            curve.cost(from: $0, to: $2) - curve.cost(from: $0, to: $1) - curve.cost(from: $1, to: $2)
        }
        let plain = try GoldenSearch().schedules(upTo: 64, gain: gain)
        var search = GoldenSearch()
        search.sweeps = 8
        search.tolerance = 1e-3
        let swept = try search.schedules(upTo: 64, gain: gain)
        // Of two steps both have the same, single time to find.
        #expect(abs(curve.cost(of: plain[1]) - best[1].cost) < 1e-3 * best[1].cost)
        for (index, steps) in [4, 8, 16, 32, 64].enumerated() {
            let (optimum, found, moved) = (
                best[steps - 1].cost, curve.cost(of: plain[index + 2]), curve.cost(of: swept[index + 2])
            )
            #expect(found >= optimum * (1 - 1e-4), "N = \(steps)")
            #expect(found < optimum * 1.25, "N = \(steps): \(found), best \(optimum)")
            #expect(moved >= optimum * (1 - 1e-4) && moved <= found * (1 + 1e-6), "N = \(steps)")
        }
    }

    /// On data, as in the paper: schedules as good as the search on the curve, for several times the calls of one measurement.
    @Test func onDataItNeedsManyMoreCalls() throws {
        let process = AbsorbingProcess(stateCount: 16)
        let source = CountDown.source(stateCount: 16, cellCount: 64)
        let denoiser = CountDown.denoiser(process: process, cellCount: 64)
        let data = source.draw(count: 24, seed: 1)
        let golden = try GoldenSearch().schedules(
            upTo: 16, process: process, denoiser: denoiser, data: data, freezing: .posterior, seed: 2)
        let measured = try KLUBMeasurement(
            process: process, denoiser: denoiser, data: data, grid: .uniform(32), freezing: .posterior,
            seed: 2)
        #expect(golden.denoiserCalls > 4 * measured.denoiserCalls)
        let curve = try InformationCurve(exactlyOf: source, under: source.mixed(withUniform: 0.002))
        for schedule in golden.schedules.dropFirst() {
            let uniform = curve.cost(of: try .uniform(schedule.stepCount))
            #expect(curve.cost(of: schedule) < 0.7 * uniform, "N = \(schedule.stepCount)")
        }
    }

    /// However much a cut next to 0 would gain, none lies below the earliest time.
    @Test func noCutLiesBelowTheEarliestTime() throws {
        var search = GoldenSearch()
        search.earliest = 0.1
        let found = search.schedules(upTo: 16) { _, cut, _ in -cut }
        #expect(found.map(\.stepCount) == [1, 2, 4, 8, 16])
        for schedule in found {
            #expect(schedule.times.dropLast().allSatisfy { $0 > 0.1 })
            #expect(zip(schedule.times, schedule.times.dropFirst()).allSatisfy { $0 > $1 })
        }
    }

    @Test func aLimitBelowOneFindsNothing() throws {
        #expect(GoldenSearch().schedules(upTo: 0) { _, _, _ in 0 }.isEmpty)
        #expect(GoldenSearch().schedules(upTo: 1) { _, _, _ in 0 }.map(\.times) == [[1, 0]])
    }
}
