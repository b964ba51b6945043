import DiscreteDiffusion
import TestSupport
import Testing

/// The law over the tiny chain's samples; what still holds a MASK comes last.
private func cleanLaw<Process: ForwardProcess>(_ law: [Double], of noised: NoisedLaw<Process>) -> [Double] {
    var result = Array(repeating: 0.0, count: noised.table.probabilities.count + 1)
    for (sample, probability) in zip(noised.samples, law) {
        let isClean = sample.allSatisfy { Int($0) < noised.table.stateCount }
        result[isClean ? noised.table.number(of: sample) : result.count - 1] += probability
    }
    return result
}

/// Draws, counted as `cleanLaw` lists them.
private func counts(
    of sampler: some Sampler, _ noised: NoisedLaw<some ForwardProcess>, steps: Int, seed: UInt64
) throws -> [Int] {
    let samples = try sampler.sample(
        count: 20_000, seed: seed, process: noised.process,
        denoiser: TableDenoiser(table: noised.table, process: noised.process),
        schedule: .uniform(steps))
    var counts = Array(repeating: 0, count: noised.table.probabilities.count + 1)
    for index in 0..<samples.count {
        let isClean = samples[index].allSatisfy { Int($0) < noised.table.stateCount }
        counts[isClean ? noised.table.number(of: samples[index]) : counts.count - 1] += 1
    }
    #expect(samples.denoiserCalls == sampler.calls(steps: steps))
    return counts
}

@Suite struct TwoCallSamplerTests {
    @Test(arguments: [1, 2, 5])
    func `Samples have the law that the definition gives`(steps: Int) throws {
        func check(_ process: some ForwardProcess) throws {
            let noised = NoisedLaw(table: try JointTable(tinyChain()), process: process)
            let schedule = try Schedule.uniform(steps)
            for (corrections, length) in [(1, 0.5), (2, 1)] {
                let law = cleanLaw(
                    try noised.correctorLaw(schedule: schedule, corrections: corrections, length: length),
                    of: noised)
                let drawn = try counts(
                    of: CorrectorSampler(TweedieSampler(), corrections: corrections, length: length), noised,
                    steps: steps, seed: 31)
                #expect(abs(law.reduce(0, +) - 1) < 1e-9)
                #expect(
                    chiSquareDeviation(counts: drawn, law: law) < 4.5,
                    "\(process.name), \(corrections) corrections")
            }
            for theta in [0.3, 0.5] {
                let law = cleanLaw(
                    try noised.trapezoidalLaw(schedule: schedule, theta: theta), of: noised)
                let drawn = try counts(
                    of: TrapezoidalSampler(theta: theta), noised, steps: steps, seed: 32)
                #expect(abs(law.reduce(0, +) - 1) < 1e-9)
                #expect(chiSquareDeviation(counts: drawn, law: law) < 4.5, "\(process.name), theta \(theta)")
            }
        }
        try check(AbsorbingProcess(stateCount: 3))
        try check(UniformProcess(stateCount: 3, rate: 4))
    }

    /// A step half as long leaves a quarter of the error of the second order, in law; the divergence is its square.
    @Test func `The trapezoidal method is of second order`() throws {
        let process = UniformProcess(stateCount: 3, rate: 6)
        let noised = NoisedLaw(table: try JointTable(tinyChain()), process: process)
        func distance(_ law: [Double]) -> Double {
            zip(cleanLaw(law, of: noised), noised.table.probabilities).reduce(0) { $0 + abs($1.0 - $1.1) }
        }
        // What the prior misses, exp(-6) of signal, no step length mends: it is taken off.
        let floor = distance(try noised.trapezoidalLaw(schedule: .uniform(400), theta: 0.5))
        let coarse = distance(try noised.trapezoidalLaw(schedule: .uniform(16), theta: 0.5)) - floor
        let fine = distance(try noised.trapezoidalLaw(schedule: .uniform(32), theta: 0.5)) - floor
        let euler = distance(try noised.samplerLaw(schedule: .uniform(32), rule: noised.eulerRule)) - floor
        #expect(abs(fine) < abs(coarse) / 2.5, "\(coarse), \(fine), floor \(floor)")
        #expect(abs(fine) < euler / 2, "\(fine), euler at as many calls: \(euler)")
    }

    @Test func `Corrector steps leave the law of the data as it is, and mend what few steps got wrong`()
        throws
    {
        let process = AbsorbingProcess(stateCount: 3)
        let noised = NoisedLaw(table: try JointTable(tinyChain()), process: process)
        func divergence(_ law: [Double]) -> Double {
            TestSupport.divergence(noised.table.probabilities + [0], from: cleanLaw(law, of: noised))
        }
        let plain = divergence(
            try noised.samplerLaw(schedule: .uniform(4), rule: noised.tweedieRule))
        let corrected = divergence(
            try noised.correctorLaw(schedule: .uniform(4), corrections: 4, length: 0.25))
        #expect(corrected < plain)
        let many = divergence(try noised.correctorLaw(schedule: .uniform(128), corrections: 1, length: 1))
        #expect(many < 2e-3, "\(many)")
    }

    @Test func `As many steps as the calls allow`() throws {
        let corrector = try CorrectorSampler(TweedieSampler(), corrections: 2)
        #expect((1...8).map { corrector.steps(withinCalls: $0) } == [1, 1, 1, 2, 2, 2, 3, 3])
        #expect(try (0...5).map { try TrapezoidalSampler().steps(withinCalls: $0) } == [0, 0, 1, 1, 2, 2])
        #expect(TweedieSampler().steps(withinCalls: 7) == 7)
    }

    @Test func `Parameters out of range are refused`() {
        for theta in [0, 1, -0.5, .nan] {
            #expect(throws: SamplingError.self) { try TrapezoidalSampler(theta: theta) }
        }
        #expect(throws: SamplingError.self) { try CorrectorSampler(TweedieSampler(), corrections: 0) }
        #expect(throws: SamplingError.self) { try CorrectorSampler(TweedieSampler(), length: 0) }
        #expect(throws: SamplingError.self) { try ConfidenceSampler(randomness: -1) }
    }
}
