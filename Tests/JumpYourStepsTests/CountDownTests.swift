import DiscreteDiffusion
import Foundation
import JumpYourSteps
import Testing

/// The figures of the numpy prototype, from 64 sequences for the curve and 512 generated ones.
private struct Prototype {
    let steps: Int
    let uniformError: Double
    let error: Double
    let uniformCost: Double
    let cost: Double
}

private let prototype = [
    Prototype(steps: 2, uniformError: 0.473, error: 0.271, uniformCost: 368.0, cost: 143.8),
    Prototype(steps: 4, uniformError: 0.223, error: 0.094, uniformCost: 164.4, cost: 45.4),
    Prototype(steps: 8, uniformError: 0.098, error: 0.038, uniformCost: 71.2, cost: 19.1),
    Prototype(steps: 16, uniformError: 0.043, error: 0.017, uniformCost: 31.4, cost: 8.8),
    Prototype(steps: 32, uniformError: 0.021, error: 0.012, uniformCost: 14.6, cost: 6.7),
]

/// The mean over sequences of the share of faults, and its standard error.
private func errorRate(_ samples: Samples) -> (mean: Double, error: Double) {
    let rates = (0..<samples.count).map {
        CountDown.errorRate(of: Array(samples[$0]), cellCount: samples.cellCount)
    }
    let mean = rates.reduce(0, +) / Double(rates.count)
    let squares = rates.reduce(0) { $0 + ($1 - mean) * ($1 - mean) }
    return (mean, (squares / Double(rates.count - 1) / Double(rates.count)).squareRoot())
}

@Suite struct CountDownTests {
    private static let seed: UInt64 = 1
    private static let process = AbsorbingProcess(stateCount: CountDown.stateCount)

    private func exactCurve() throws -> InformationCurve {
        let source = CountDown.source()
        return try InformationCurve(exactlyOf: source, under: source.mixed(withUniform: 0.002))
    }

    private func measure() throws -> InformationCurveMeasurement {
        try InformationCurve.measure(
            denoiser: CountDown.denoiser(process: Self.process),
            data: CountDown.source().draw(count: 64, seed: Self.seed), gridSize: 64, seed: Self.seed)
    }

    /// The closed form of a chain's curve is the enumeration's.
    @Test func chainsCurveIsTheEnumeratedOne() throws {
        for cells in [1, 2, 3, 6] {
            let chain = try MarkovChain(
                cellCount: cells, initial: [0.6, 0.3, 0.1],
                transitions: [0.1, 0.85, 0.05, 0.05, 0.15, 0.8, 0.7, 0.1, 0.2])
            let closed = try InformationCurve(exactlyOf: chain, under: chain)
            let enumerated = InformationCurve(exactlyOf: try JointTable(chain))
            for time in stride(from: 0, through: 1, by: 0.0625) {
                #expect(abs(closed.value(at: time) - enumerated.value(at: time)) < 1e-6)
            }
            #expect(abs(closed.integral(to: 1) - enumerated.integral(to: 1)) < 1e-7)
        }
    }

    /// The measured curve is the exact one, within 4.5 of its standard errors and 0.01 nats, at every time.
    ///
    /// Near t = 0 a few masked cells stand for all, and nearly all of them are certain: of 64 none may be among the few
    /// that carry the mean of 0.008, and then the standard error does not know it.
    @Test func measuredCurveIsTheExactOne() throws {
        let (measured, exact) = (try measure(), try exactCurve())
        for (time, (value, error)) in zip(measured.times, zip(measured.values, measured.standardErrors)) {
            #expect(abs(value - exact.value(at: time)) < 4.5 * error + 0.01, "t = \(time)")
        }
    }

    /// Costs and error rates against the prototype's. Its costs stand on as many sequences as ours, so they share our
    /// standard error; beside the exact ones they count alone. Error rates: ours from 128 sequences, its from 512.
    @Test func prototypesTableIsReproduced() throws {
        let (measured, exact) = (try measure(), try exactCurve())
        let curve = try measured.curve()
        let found = curve.optimalSchedules(upTo: 64)
        let best = exact.optimalSchedules(upTo: 64)
        let denoiser = CountDown.denoiser(process: Self.process)
        print(
            "CountDown, absorbing noise, exact denoiser; curve from 64 sequences, 128 generated; seed \(Self.seed)"
        )
        print("NFE | error: uniform, dp | cost: uniform, dp | exact cost: uniform, of our dp, least")
        for row in prototype {
            let uniform = try Schedule.uniform(row.steps)
            let ours = found[row.steps - 1]
            let rates = try [uniform, ours.schedule].map { schedule in
                errorRate(
                    try TweedieSampler().sample(
                        count: 128, seed: Self.seed, process: Self.process, denoiser: denoiser,
                        schedule: schedule))
            }
            let uniformCost = curve.cost(of: uniform)
            let deviations = (measured.standardError(of: uniform), measured.standardError(of: ours.schedule))
            print(
                String(
                    format: "%3d | %.4f+-%.4f %.4f+-%.4f | %.1f+-%.1f %.1f+-%.1f | %.2f %.2f %.2f", row.steps,
                    rates[0].mean, rates[0].error, rates[1].mean, rates[1].error, uniformCost, deviations.0,
                    ours.cost, deviations.1, exact.cost(of: uniform), exact.cost(of: ours.schedule),
                    best[row.steps - 1].cost))

            // 512 sequences have half the standard error of 128; the table has three digits.
            #expect(abs(rates[0].mean - row.uniformError) < 4 * 1.12 * rates[0].error + 0.0005)
            #expect(rates[1].mean - row.error < 4 * 1.12 * rates[1].error + 0.0005)
            #expect(abs(uniformCost - row.uniformCost) < 4 * 1.42 * deviations.0 + 0.05)
            #expect(abs(exact.cost(of: uniform) - row.uniformCost) < 4 * deviations.0 + 0.05)
            #expect(abs(exact.cost(of: uniform) - uniformCost) < 4 * deviations.0)
            #expect(ours.cost - row.cost < 4 * 1.42 * deviations.1 + 0.05)
            #expect(abs(exact.cost(of: ours.schedule) - ours.cost) < 4 * deviations.1)
            // What a schedule found on a noisy curve is worth.
            #expect(exact.cost(of: ours.schedule) < 1.05 * best[row.steps - 1].cost)
            // The goal of the method: N optimised steps for 2 N uniform ones.
            if row.steps < 32 {
                #expect(best[row.steps - 1].cost < exact.cost(of: try .uniform(2 * row.steps)))
            }
        }
    }
}
