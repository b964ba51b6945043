import DiscreteDiffusion
import TestSupport
import Testing

/// Samplers whose steps move a number of cells: `gillespie`, `dispersed` and `confidence`.
@Suite struct CellCountSamplerTests {
    private let absorbing = AbsorbingProcess(stateCount: 3)

    private func counts(
        _ sampler: some Sampler, _ process: some ForwardProcess, schedule: Schedule, seed: UInt64 = 41
    ) throws -> (counts: [Int], data: [Double]) {
        let table = try JointTable(tinyChain())
        let samples = try sampler.sample(
            count: 20_000, seed: seed, process: process,
            denoiser: TableDenoiser(table: table, process: process), schedule: schedule)
        var counts = Array(repeating: 0, count: table.probabilities.count)
        for index in 0..<samples.count { counts[table.number(of: samples[index])] += 1 }
        return (counts, table.probabilities)
    }

    @Test func `A cell at a time is exact`() throws {
        let cells = try tinyChain().cellCount
        let random = try counts(GillespieSampler(), absorbing, schedule: .uniform(cells))
        #expect(chiSquareDeviation(counts: random.counts, law: random.data) < 4.5)
        let dispersed = try counts(DispersedSampler(), absorbing, schedule: .uniform(cells))
        #expect(chiSquareDeviation(counts: dispersed.counts, law: dispersed.data) < 4.5)
        let shuffled = try counts(
            ConfidenceSampler(randomness: .infinity), absorbing, schedule: .uniform(cells))
        #expect(chiSquareDeviation(counts: shuffled.counts, law: shuffled.data) < 4.5)
    }

    @Test func `All cells at once are independent draws`() throws {
        let table = try JointTable(tinyChain())
        let noised = NoisedLaw(table: table, process: absorbing)
        let full = try noised.samplerLaw(schedule: .uniform(1), rule: noised.tweedieRule)
        var law = Array(repeating: 0.0, count: table.probabilities.count)
        for (sample, probability) in zip(noised.samples, full) where probability > 0 {
            law[table.number(of: sample)] += probability
        }
        for drawn in [
            try counts(GillespieSampler(), absorbing, schedule: .uniform(1)),
            try counts(DispersedSampler(), absorbing, schedule: .uniform(1)),
            try counts(ConfidenceSampler(), absorbing, schedule: .uniform(1)),
        ] {
            #expect(chiSquareDeviation(counts: drawn.counts, law: law) < 4.5)
            #expect(chiSquareDeviation(counts: drawn.counts, law: drawn.data) > 10)
        }
    }

    /// With uniform noise many short steps come to the data's law, but for the share of signal the prior misses.
    @Test func `Many steps of uniform noise come near the law of the data`() throws {
        let process = UniformProcess(stateCount: 3, rate: 6)
        func distance(_ steps: Int) throws -> Double {
            let drawn = try counts(GillespieSampler(), process, schedule: .uniform(steps))
            let total = Double(drawn.counts.reduce(0, +))
            return zip(drawn.counts, drawn.data).reduce(0) { $0 + abs(Double($1.0) / total - $1.1) }
        }
        let (few, many) = (try distance(1), try distance(64))
        #expect(many < few / 2, "\(few), \(many)")
    }

    @Test func `The schedule says how many cells are masked`() throws {
        let process = AbsorbingProcess(stateCount: 8)
        let spy = MaskCounter(
            base: CountDown.denoiser(process: process, cellCount: 20), log: MaskLog())
        let schedule = try Schedule(times: [1, 0.72, 0.5, 0.11, 0])
        for sampler in [GillespieSampler(), DispersedSampler(), try ConfidenceSampler()] as [any Sampler] {
            spy.log.counts = []
            _ = try sampler.sample(
                count: 3, seed: 1, process: process, denoiser: spy, schedule: schedule,
                clamp: Clamp([3, 2] + Array(repeating: nil, count: 18)))
            // 18 free cells: 18, then 12.96, 9, 1.98, rounded.
            #expect(spy.log.counts == [18, 13, 9, 2].flatMap { [$0, $0, $0] }, "\(sampler.name)")
        }
    }

    @Test func `Confidence without chance reveals the surest cell first`() throws {
        // The first cell is hardly in doubt, the second not at all known, the third almost sure.
        let law = try JointTable(
            cellCount: 3, stateCount: 2,
            probabilities: (0..<8).map { number in
                let (a, b, c) = (number >> 2 & 1, number >> 1 & 1, number & 1)
                return (a == 0 ? 0.9 : 0.1) * (b == 0 ? 0.5 : 0.5) * (c == 0 ? 0.999 : 0.001)
            })
        let process = AbsorbingProcess(stateCount: 2)
        let log = MaskLog()
        let spy = MaskCounter(base: TableDenoiser(table: law, process: process), log: log)
        _ = try ConfidenceSampler(randomness: 0).sample(
            count: 200, seed: 3, process: process, denoiser: spy, schedule: .uniform(3), batchSize: 1)
        let second = stride(from: 1, to: log.masks.count, by: 3).map { log.masks[$0] }
        let surest = second.filter { $0 == [true, true, false] }.count
        #expect(surest > 150, "\(surest) of 200")
    }

    @Test(arguments: [try ConfidenceSampler(), DispersedSampler()] as [any Sampler])
    func `Confidence and dispersed need a mask`(_ sampler: any Sampler) throws {
        let process = UniformProcess(stateCount: 8)
        #expect(throws: SamplingError.needsMask(sampler: sampler.name, process: "uniform")) {
            try sampler.sample(
                count: 1, seed: 1, process: process,
                denoiser: CountDown.denoiser(process: process, cellCount: 4), schedule: .uniform(2))
        }
    }

    /// What is revealed together lies far apart: of 64 free cells no two of a step of 8 are nearer than three cells.
    @Test func `Dispersed reveals cells that lie far apart`() throws {
        let process = AbsorbingProcess(stateCount: 8)
        let log = MaskLog()
        let spy = MaskCounter(base: CountDown.denoiser(process: process, cellCount: 64), log: log)
        _ = try DispersedSampler().sample(
            count: 5, seed: 2, process: process, denoiser: spy, schedule: .uniform(8), batchSize: 1)
        for sample in 0..<5 {
            let masks = log.masks[sample * 8..<sample * 8 + 8] + [Array(repeating: false, count: 64)]
            for (before, after) in zip(masks, masks.dropFirst()) {
                let revealed = (0..<64).filter { before[$0] && !after[$0] }
                #expect(revealed.count == 8)
                #expect(zip(revealed, revealed.dropFirst()).allSatisfy { $1 - $0 >= 3 }, "\(revealed)")
            }
        }
    }
}

private final class MaskLog {
    var counts: [Int] = []
    var masks: [[Bool]] = []
}

/// Notes which cells are masked, sample by sample.
private struct MaskCounter<Base: Denoiser>: Denoiser {
    let base: Base
    let log: MaskLog

    var cellCount: Int { base.cellCount }
    var stateCount: Int { base.stateCount }

    func predict(tokens: Span<Token>, times: Span<Double>, logits: inout MutableSpan<Double>) throws {
        for sample in 0..<times.count {
            let mask = (0..<cellCount).map { Int(tokens[sample * cellCount + $0]) == stateCount }
            log.masks.append(mask)
            log.counts.append(mask.filter { $0 }.count)
        }
        try base.predict(tokens: tokens, times: times, logits: &logits)
    }
}
