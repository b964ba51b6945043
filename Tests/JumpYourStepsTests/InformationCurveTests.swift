import DiscreteDiffusion
import JumpYourSteps
import TestSupport
import Testing

/// Laws small enough to enumerate: a chain, and two drawn at random.
private func tinyLaws() throws -> [JointTable] {
    var generator = CounterGenerator(seed: 41)
    let chain = try MarkovChain(
        cellCount: 3, initial: [0.6, 0.3, 0.1],
        transitions: [0.1, 0.85, 0.05, 0.05, 0.15, 0.8, 0.7, 0.1, 0.2])
    return [
        try JointTable(chain),
        try JointTable(
            cellCount: 3, stateCount: 3, probabilities: randomLaw(count: 27, using: &generator)),
        try JointTable(
            cellCount: 4, stateCount: 2, probabilities: randomLaw(count: 16, using: &generator)),
    ]
}

private func randomSchedule(using generator: inout CounterGenerator) throws -> Schedule {
    let inner = (0..<generator.drawIndex(below: 6)).map { _ in generator.drawUnit() }
    return try Schedule(times: [1] + Set(inner).filter { $0 > 0 }.sorted(by: >) + [0])
}

@Suite struct InformationCurveTests {
    /// The expected `KL( p(x_u | x_s) || product over cells )`, from the joint law by Bayes' rule, beside the curve.
    @Test func costIsTheExpectedDecodingError() throws {
        var generator = CounterGenerator(seed: 43)
        for table in try tinyLaws() {
            let noised = NoisedLaw(table: table, process: AbsorbingProcess(stateCount: table.stateCount))
            let curve = InformationCurve(exactlyOf: table)
            for _ in 0..<20 {
                let schedule = try randomSchedule(using: &generator)
                let errors = zip(schedule.times, schedule.times.dropFirst()).map {
                    noised.decodingError(from: $0, to: $1)
                }
                for (index, error) in errors.enumerated() {
                    let cost = curve.cost(from: schedule.times[index], to: schedule.times[index + 1])
                    #expect(abs(cost - error) < 1e-9)
                }
                #expect(abs(curve.cost(of: schedule) - errors.reduce(0, +)) < 1e-9)
            }
        }
    }

    /// Theorem 3.1: what a sampler gets wrong in the end is at most the sum of its decoding errors.
    @Test func costBoundsTheSamplersDivergence() throws {
        var generator = CounterGenerator(seed: 47)
        for table in try tinyLaws() {
            let noised = NoisedLaw(table: table, process: AbsorbingProcess(stateCount: table.stateCount))
            let curve = InformationCurve(exactlyOf: table)
            for _ in 0..<10 {
                let schedule = try randomSchedule(using: &generator)
                let drawn = try noised.samplerLaw(schedule: schedule, rule: noised.tweedieRule)
                let error = divergence(noised.law(at: 0), from: drawn)
                #expect(error <= curve.cost(of: schedule) + 1e-12)
                #expect(error > 0)
            }
        }
    }

    /// One step decodes all cells at once: its cost is the total correlation.
    @Test func oneStepCostsTheTotalCorrelation() throws {
        for table in try tinyLaws() {
            let noised = NoisedLaw(table: table, process: AbsorbingProcess(stateCount: table.stateCount))
            let law = noised.law(at: 0)
            let correlation = divergence(law, from: noised.product(of: noised.cellLaws(law)))
            let cost = InformationCurve(exactlyOf: table).cost(of: try .uniform(1))
            #expect(abs(cost - correlation) < 1e-12)
        }
    }

    @Test func integralIsTheValuesIntegral() throws {
        let exact = InformationCurve(exactlyOf: try tinyLaws()[0])
        let times = (0...20).map { Double($0) / 20 }
        let measured = try InformationCurve(
            cellCount: 3, times: times, values: times.map { $0 * $0 + 0.1 * $0 })
        for curve in [exact, measured] {
            for (low, high) in [(0.0, 1.0), (0.13, 0.131), (0.2, 0.77)] {
                let count = 20_000
                let sum = (0..<count).reduce(0) { sum, index in
                    sum + curve.value(at: low + (high - low) * (Double(index) + 0.5) / Double(count))
                }
                let integral = curve.integral(to: high) - curve.integral(to: low)
                #expect(abs(integral - sum * (high - low) / Double(count)) < 1e-8)
            }
        }
        // The interpolation passes through its points and stays close between them.
        for time in times { #expect(abs(measured.value(at: time) - (time * time + 0.1 * time)) < 1e-14) }
        #expect(abs(measured.integral(to: 1) - (1.0 / 3 + 0.05)) < 1e-4)
    }

    @Test func interpolationNeverFalls() throws {
        var generator = CounterGenerator(seed: 53)
        let times = (0...30).map { Double($0 * $0) / 900 }
        let values = times.map { $0 + 0.5 * generator.drawUnit() }
        let curve = try InformationCurve(cellCount: 1, times: times, values: values)
        var last = -Double.infinity
        for place in 0...5000 {
            let value = curve.value(at: Double(place) / 5000)
            #expect(value >= last - 1e-12)
            last = value
        }
        // Pooling keeps the mean.
        let pooled = try InformationCurve(cellCount: 1, times: [0, 0.5, 1], values: [3, 1, 2])
        #expect(pooled.value(at: 0) == 2 && pooled.value(at: 1) == 2)
        let weighted = try InformationCurve(cellCount: 1, times: [0, 1], values: [3, 1], weights: [3, 1])
        #expect(weighted.value(at: 0.5) == 2.5)
    }

    /// The measured curve of the exact denoiser is the enumerated one, at every time, within its own error.
    @Test func measuringFindsTheExactCurve() throws {
        let seed: UInt64 = 59
        for (index, table) in try tinyLaws().enumerated() {
            let process = AbsorbingProcess(stateCount: table.stateCount)
            let data = draw(4000, from: table, seed: seed + UInt64(index))
            let measured = try InformationCurve.measure(
                denoiser: TableDenoiser(table: table, process: process), data: data, gridSize: 12, seed: seed)
            let exact = InformationCurve(exactlyOf: table)
            #expect(measured.cellCount == Double(table.cellCount))
            #expect(measured.denoiserCalls == 4000 * measured.times.count)
            for (time, (value, error)) in zip(measured.times, zip(measured.values, measured.standardErrors)) {
                #expect(error > 0 && error < 0.03)
                #expect(abs(value - exact.value(at: time)) < 4.5 * error, "t = \(time), seed \(seed)")
            }
            let schedule = try Schedule.uniform(3)
            let error = measured.standardError(of: schedule)
            #expect(
                abs(try measured.curve().cost(of: schedule) - exact.cost(of: schedule)) < 4.5 * error + 0.002)
            #expect(error < 0.03)
        }
    }

    /// Known cells are shown at every t: the curve is that of the free cells under the conditional laws.
    @Test func knownCellsAreNotScored() throws {
        let table = try tinyLaws()[0]
        let process = AbsorbingProcess(stateCount: 3)
        let data = draw(4000, from: table, seed: 61)
        // Of each sample the middle cell is given: two free cells, independent of each other given it.
        let known = (0..<data.count).map { $0 % 3 == 1 }
        let measured = try InformationCurve.measure(
            denoiser: TableDenoiser(table: table, process: process), data: data, known: known, gridSize: 6,
            seed: 3)
        #expect(measured.cellCount == 2)
        let cost = try measured.curve().cost(of: .uniform(1))
        #expect(abs(cost) < 0.01, "the free cells are independent")
        #expect(abs(measured.values[0] - InformationCurve(exactlyOf: table).value(at: 0)) < 0.2)
    }

    /// Samples count by their free cells: where every other sample has but one, which costs nothing, half the cost is left.
    @Test func samplesCountByTheirFreeCells() throws {
        let table = try tinyLaws()[0]
        let process = AbsorbingProcess(stateCount: 3)
        let known = (0..<12_000).map { $0 / 3 % 2 == 0 && $0 % 3 > 0 }
        let measured = try InformationCurve.measure(
            denoiser: TableDenoiser(table: table, process: process), data: draw(4000, from: table, seed: 67),
            known: known, gridSize: 12, seed: 67)
        #expect(measured.cellCount == 2)
        let exact = InformationCurve(exactlyOf: table)
        for schedule in [try Schedule.uniform(1), try Schedule.uniform(2)] {
            let cost = try measured.curve().cost(of: schedule)
            let error = measured.standardError(of: schedule)
            #expect(abs(cost - exact.cost(of: schedule) / 2) < 4.5 * error + 0.002)
        }
    }

    @Test func batchesDoNotChangeTheCurve() throws {
        let process = AbsorbingProcess(stateCount: 8)
        let data = CountDown.source(stateCount: 8, cellCount: 20).draw(count: 5, seed: 1)
        let denoiser = CountDown.denoiser(process: process, cellCount: 20)
        let curves = try [1, 7, 64, 1000].map {
            try InformationCurve.measure(denoiser: denoiser, data: data, gridSize: 9, seed: 2, batchSize: $0)
                .values
        }
        #expect(Set(curves).count == 1)
        #expect(
            curves[0]
                != (try InformationCurve.measure(denoiser: denoiser, data: data, gridSize: 9, seed: 3).values)
        )
    }

    @Test func wrongDataIsRefused() throws {
        let process = AbsorbingProcess(stateCount: 8)
        let denoiser = CountDown.denoiser(process: process, cellCount: 4)
        func measure(_ data: [Token], known: [Bool]? = nil) throws {
            _ = try InformationCurve.measure(denoiser: denoiser, data: data, known: known, seed: 1)
        }
        #expect(throws: CostError.data(tokens: 0, cells: 4)) { try measure([]) }
        #expect(throws: CostError.data(tokens: 9, cells: 4)) { try measure(Array(repeating: 0, count: 9)) }
        #expect(throws: CostError.token(8, sample: 1, cell: 2, states: 8)) {
            try measure([0, 0, 0, 0, 0, 0, 8, 0])
        }
        #expect(throws: CostError.knownCount(4, tokens: 8)) {
            try measure(Array(repeating: 0, count: 8), known: Array(repeating: false, count: 4))
        }
        #expect(throws: CostError.nothingFree) {
            try measure(Array(repeating: 0, count: 8), known: Array(repeating: true, count: 8))
        }
        for (size, batch, error) in [(1, 8, CostError.gridSize(1)), (4, 0, .batchSize(0))] {
            #expect(throws: error) {
                try InformationCurve.measure(
                    denoiser: denoiser, data: Array(repeating: 0, count: 8), gridSize: size, seed: 1,
                    batchSize: batch)
            }
        }
        #expect(throws: CostError.times) {
            try InformationCurve(cellCount: 1, times: [0, 0.5], values: [0, 1])
        }
        #expect(throws: CostError.self) {
            try InformationCurve(cellCount: 1, times: [0, 1], values: [0, .nan])
        }
    }

    private func draw(_ count: Int, from table: JointTable, seed: UInt64) -> [Token] {
        var generator = CounterGenerator(seed: seed)
        return (0..<count).flatMap { _ in
            table.sample(number: generator.drawIndex(weights: table.probabilities.span, total: 1))
        }
    }

    /// Of h = t^2 the share is `(integral of sqrt(2 t))^2 = 8/9`, of a line 1, and found schedules come to it.
    @Test func `Many steps`() throws {
        let times = (0...256).map { Double($0) / 256 }
        let line = try InformationCurve(cellCount: 10, times: [0, 1], values: [0.5, 2])
        #expect(abs(line.costOfManySteps - 1) < 1e-9)
        let square = try InformationCurve(cellCount: 10, times: times, values: times.map { $0 * $0 })
        #expect(abs(square.costOfManySteps - 8.0 / 9) < 1e-3)
        let found = try #require(square.optimalSchedules(upTo: 128).last)
        let uniform = square.cost(of: try .uniform(128))
        #expect(abs(found.cost / uniform - square.costOfManySteps) < 0.01)
        let flat = try InformationCurve(cellCount: 10, times: [0, 1], values: [1, 1])
        #expect(flat.costOfManySteps == 1)
    }
}
