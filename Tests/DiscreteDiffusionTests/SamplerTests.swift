import DiscreteDiffusion
import TestSupport
import Testing

private let samplers: [any Sampler] = [TweedieSampler(), EulerSampler()]

/// Draws with the exact denoiser of the tiny chain, and the law that the sampler's definition gives by enumeration.
private struct Trial {
    let counts: [Int]
    let law: [Double]
    let data: [Double]

    init(_ sampler: any Sampler, _ process: some ForwardProcess, steps: Int, count: Int, seed: UInt64) throws
    {
        let table = try JointTable(tinyChain())
        let schedule = try Schedule.uniform(steps)
        let noised = NoisedLaw(table: table, process: process)
        let full = try noised.samplerLaw(
            schedule: schedule,
            rule: sampler is TweedieSampler ? noised.tweedieRule : noised.eulerRule)
        // Samples that still hold a MASK have no number in the table: they are all its last entry.
        var law = Array(repeating: 0.0, count: 28)
        for (sample, probability) in zip(noised.samples, full) {
            law[sample.contains { Int($0) >= 3 } ? 27 : table.number(of: sample)] += probability
        }
        let samples = try sampler.sample(
            count: count, seed: seed, process: process,
            denoiser: TableDenoiser(table: table, process: process), schedule: schedule)
        var counts = Array(repeating: 0, count: 28)
        for index in 0..<samples.count {
            counts[samples[index].contains { $0 >= 3 } ? 27 : table.number(of: samples[index])] += 1
        }
        (self.counts, self.law, data) = (counts, law, table.probabilities + [0])
    }
}

@Suite struct SamplerTests {
    /// What is drawn has exactly the law that the definition gives, at few steps as at many.
    @Test(arguments: [1, 2, 3, 8])
    func samplesHaveTheSamplersLaw(steps: Int) throws {
        let seed = UInt64(100 + steps)
        for sampler in samplers {
            let trials = [
                try Trial(sampler, AbsorbingProcess(stateCount: 3), steps: steps, count: 20_000, seed: seed),
                try Trial(
                    sampler, UniformProcess(stateCount: 3, rate: 4), steps: steps, count: 20_000, seed: seed),
                try Trial(
                    sampler, OrdinalProcess.even(stateCount: 3, spread: 4), steps: steps, count: 20_000,
                    seed: seed),
            ]
            for trial in trials {
                #expect(abs(trial.law.reduce(0, +) - 1) < 1e-9)
                let deviation = chiSquareDeviation(counts: trial.counts, law: trial.law)
                #expect(deviation < 4.5, "\(sampler.name), \(steps) steps, seed \(seed)")
                #expect(trial.counts[27] == 0, "MASK left")
            }
        }
    }

    /// The law of many steps is the data's. Absorbing noise is without bias at the start; of uniform noise the prior
    /// misses a share `exp(-8)` of signal. What is left halves with the step.
    @Test(arguments: [0, 1])
    func manySmallStepsGiveTheLawOfTheData(index: Int) throws {
        let sampler = samplers[index]
        func errors(_ process: some ForwardProcess) throws -> [Double] {
            try [4, 16, 64, 256].map { steps in
                let trial = try Trial(sampler, process, steps: steps, count: 0, seed: 1)
                return divergence(trial.data, from: trial.law)
            }
        }
        for error in [
            try errors(AbsorbingProcess(stateCount: 3)), try errors(UniformProcess(stateCount: 3, rate: 8)),
        ] {
            for (coarse, fine) in zip(error, error.dropFirst()) {
                #expect(fine < coarse / 3, "\(sampler.name)")
            }
            #expect(error[3] < 2e-3, "\(sampler.name): \(error)")
        }
        // Most of ordinal noise is undone in a small part of the time, where equal steps are long; and there adding up several
        // jumps at frozen rates overshoots.
        let ordinal = try errors(OrdinalProcess.even(stateCount: 3, spread: 6))
        for (coarse, fine) in zip(ordinal, ordinal.dropFirst()) { #expect(fine < coarse / 2, "\(ordinal)") }
        #expect(ordinal[3] < (sampler is EulerSampler ? 8e-3 : 4e-3), "\(sampler.name): \(ordinal)")
    }

    @Test func drawnSamplesOfManyStepsHaveTheLawOfTheData() throws {
        let trial = try Trial(
            TweedieSampler(), AbsorbingProcess(stateCount: 3), steps: 512, count: 10_000, seed: 9)
        #expect(chiSquareDeviation(counts: trial.counts, law: trial.data) < 4.5)
    }

    @Test func eulerIsTweedieForAbsorbingNoise() throws {
        let (tweedie, euler) = (
            try Trial(TweedieSampler(), AbsorbingProcess(stateCount: 3), steps: 5, count: 0, seed: 1),
            try Trial(EulerSampler(), AbsorbingProcess(stateCount: 3), steps: 5, count: 0, seed: 1)
        )
        for (a, b) in zip(tweedie.law, euler.law) { #expect(abs(a - b) < 1e-12) }
    }

    @Test(arguments: [0, 1])
    func aSampleDependsOnItsIndexAlone(index: Int) throws {
        let sampler = samplers[index]
        func draw(
            _ process: some ForwardProcess, count: Int, firstIndex: Int = 0, batchSize: Int, seed: UInt64 = 5
        ) throws -> [Token] {
            try sampler.sample(
                count: count, seed: seed, firstIndex: firstIndex, process: process,
                denoiser: CountDown.denoiser(process: process, cellCount: 24), schedule: .uniform(6),
                batchSize: batchSize
            ).tokens
        }
        func check(_ process: some ForwardProcess) throws {
            let all = try draw(process, count: 11, batchSize: 11)
            #expect(all == (try draw(process, count: 11, batchSize: 1)))
            #expect(all == (try draw(process, count: 11, batchSize: 4)))
            #expect(Array(all[72...]) == (try draw(process, count: 8, firstIndex: 3, batchSize: 3)))
            #expect(all != (try draw(process, count: 11, batchSize: 11, seed: 6)))
            let distinct = Set(stride(from: 0, to: all.count, by: 24).map { Array(all[$0..<$0 + 24]) })
            #expect(distinct.count == 11)
        }
        try check(AbsorbingProcess(stateCount: 8))
        try check(UniformProcess(stateCount: 8))
    }

    @Test func everyIntervalIsOneCall() throws {
        let calls = CallCounter()
        let denoiser = CountingDenoiser(
            base: CountDown.denoiser(process: AbsorbingProcess(stateCount: 8), cellCount: 10), calls: calls)
        var last: SamplingProgress?
        let samples = try TweedieSampler().sample(
            count: 10, seed: 1, process: AbsorbingProcess(stateCount: 8), denoiser: denoiser,
            schedule: .cosine(7), batchSize: 4
        ) { last = $0 }
        #expect(samples.denoiserCalls == 7)
        #expect(calls.count == 3 * 7)
        #expect(last?.completedSteps == 70)
        #expect(last?.totalSteps == 70)
    }

    @Test func progressCanEndARun() throws {
        struct Stop: Error {}
        let process = AbsorbingProcess(stateCount: 8)
        var steps = 0
        #expect(throws: Stop.self) {
            try TweedieSampler().sample(
                count: 10, seed: 1, process: process,
                denoiser: CountDown.denoiser(process: process, cellCount: 10),
                schedule: .uniform(5), batchSize: 4
            ) { _ in
                steps += 1
                if steps == 3 { throw Stop() }
            }
        }
        #expect(steps == 3)
    }
}

final class CallCounter {
    var count = 0
}

struct CountingDenoiser<Base: Denoiser>: Denoiser {
    let base: Base
    let calls: CallCounter

    var cellCount: Int { base.cellCount }
    var stateCount: Int { base.stateCount }

    func predict(tokens: Span<Token>, times: Span<Double>, logits: inout MutableSpan<Double>) throws {
        calls.count += 1
        try base.predict(tokens: tokens, times: times, logits: &logits)
    }
}
