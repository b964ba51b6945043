import DiscreteDiffusion
import RealModule
import TestSupport
import Testing

/// A denoiser whose posterior is the same in every cell, whatever it is given.
private struct FixedDenoiser: Denoiser {
    var cellCount = 4
    let row: [Double]

    var stateCount: Int { row.count }

    func predict(tokens: Span<Token>, times: Span<Double>, logits: inout MutableSpan<Double>) throws {
        for index in 0..<logits.count { logits[index] = row[index % row.count] }
    }
}

@Suite struct ConditioningTests {
    /// Given its last cell, the samples of many steps follow the conditional law.
    @Test func samplesFollowTheConditionalLaw() throws {
        let table = try JointTable(tinyChain())
        let conditional = (0..<27).map { $0 % 3 == 2 ? table.probabilities[$0] : 0 }
        let total = conditional.reduce(0, +)
        func check(_ process: some ForwardProcess, _ denoiser: any Denoiser, seed: UInt64) throws {
            let samples = try TweedieSampler().sample(
                count: 8000, seed: seed, process: process, denoiser: denoiser, schedule: .uniform(256),
                clamp: Clamp([nil, nil, 2]))
            var counts = Array(repeating: 0, count: 27)
            for index in 0..<samples.count { counts[table.number(of: samples[index])] += 1 }
            #expect(
                chiSquareDeviation(counts: counts, law: conditional.map { $0 / total }) < 4.5,
                "\(process.name), seed \(seed)")
        }
        let absorbing = AbsorbingProcess(stateCount: 3)
        try check(absorbing, TableDenoiser(table: table, process: absorbing), seed: 31)
        let uniform = UniformProcess(stateCount: 3, rate: 8)
        let denoiser = MarkovChainDenoiser(
            chain: try tinyChain(), process: uniform, known: [false, false, true])
        try check(uniform, denoiser, seed: 32)
    }

    @Test func knownCellsAreUntouched() throws {
        for sampler: any Sampler in [TweedieSampler(), EulerSampler()] {
            func check(_ process: some ForwardProcess) throws {
                let prompt: (Int) -> Token? = { $0 % 5 == 0 ? Token($0 % 8) : nil }
                let shared = (0..<24).map(prompt)
                let others: [[Token?]] = (0..<9).map { sample in
                    let given: (Int) -> Token? = { ($0 + sample) % 4 == 0 ? Token(($0 * sample) % 8) : nil }
                    return (0..<24).map(given)
                }
                for clamp in [Clamp(shared), Clamp(perSample: others), Clamp(Array(repeating: 3, count: 24))]
                {
                    let samples = try sampler.sample(
                        count: 9, seed: 2, process: process,
                        denoiser: CountDown.denoiser(process: process, cellCount: 24), schedule: .uniform(4),
                        clamp: clamp, batchSize: 4)
                    for sample in 0..<9 {
                        let pattern = clamp.patterns[clamp.patterns.count > 1 ? sample : 0]
                        for (token, given) in zip(samples[sample], pattern) {
                            #expect(given == nil || given == token)
                            #expect(token < 8)
                        }
                    }
                }
            }
            try check(AbsorbingProcess(stateCount: 8))
            try check(UniformProcess(stateCount: 8))
        }
    }

    @Test func nothingFreeTakesNoCall() throws {
        let process = AbsorbingProcess(stateCount: 3)
        let samples = try TweedieSampler().sample(
            count: 2, seed: 2, process: process, denoiser: FixedDenoiser(row: [0, 0, 0]),
            schedule: .uniform(4),
            clamp: Clamp([0, 1, 2, 0]))
        #expect(samples.tokens == [0, 1, 2, 0, 0, 1, 2, 0])
        #expect(samples.denoiserCalls == 0)
    }

    private static let shapings: [(temperature: Double, topP: Double, weights: [Double])] = [
        (1.0, 1.0, [1, 2, 3, 4]), (0.5, 1.0, [1, 4, 9, 16]), (1.0, 0.7, [0, 0, 3, 4]),
        (1.0, 0.71, [0, 2, 3, 4]), (0.0, 1.0, [0, 0, 0, 1]), (1.0, 0.01, [0, 0, 0, 1]),
    ]

    /// One step of absorbing noise draws every cell from the shaped posterior.
    @Test(arguments: shapings)
    func shapingIsTemperatureThenNucleus(temperature: Double, topP: Double, weights: [Double]) throws {
        let total = weights.reduce(0, +)
        let row = [0.1, 0.2, 0.3, 0.4].map { Double.log($0) + 700 }
        let shaping = try PosteriorShaping(temperature: temperature, topP: topP)
        for sampler: any Sampler in [TweedieSampler(), EulerSampler()] {
            let samples = try sampler.sample(
                count: 5000, seed: 77, process: AbsorbingProcess(stateCount: 4),
                denoiser: FixedDenoiser(row: row), schedule: .uniform(1), shaping: shaping)
            var counts = [0, 0, 0, 0]
            for token in samples.tokens { counts[Int(token)] += 1 }
            #expect(chiSquareDeviation(counts: counts, law: weights.map { $0 / total }) < 4.5)
        }
    }

    @Test func equalStatesFillTheNucleusLowestFirst() throws {
        let shaping = try PosteriorShaping(topP: 0.5)
        let samples = try TweedieSampler().sample(
            count: 200, seed: 1, process: AbsorbingProcess(stateCount: 4),
            denoiser: FixedDenoiser(row: [2, 2, 2, 2]),
            schedule: .uniform(1), shaping: shaping)
        #expect(Set(samples.tokens) == [0, 1])
    }

    @Test func aStartBelow1IsStillThePrior() throws {
        let process = AbsorbingProcess(stateCount: 3)
        let table = try JointTable(tinyChain())
        let samples = try TweedieSampler().sample(
            count: 100, seed: 1, process: process, denoiser: TableDenoiser(table: table, process: process),
            schedule: Schedule(times: [0.4, 0.2, 0]))
        #expect(samples.tokens.allSatisfy { $0 < 3 })
    }

    @Test(
        arguments: [[0, .nan, 0], [.infinity, 0, 0], [-.infinity, -.infinity, -.infinity]] as [[Double]])
    func uselessLogitsAreNamed(row: [Double]) throws {
        for temperature in [0.0, 1] {
            #expect(throws: SamplingError.posterior(sample: 0, cell: 0, time: 1)) {
                try TweedieSampler().sample(
                    count: 1, seed: 1, process: AbsorbingProcess(stateCount: 3),
                    denoiser: FixedDenoiser(row: row),
                    schedule: .uniform(1), shaping: PosteriorShaping(temperature: temperature))
            }
        }
    }

    @Test func wrongRequestsAreRefused() throws {
        let process = AbsorbingProcess(stateCount: 3)
        func draw(
            count: Int = 1, states: Int = 3, clamp: Clamp = .none, batchSize: Int = 8
        ) throws -> Samples {
            try TweedieSampler().sample(
                count: count, seed: 1, process: AbsorbingProcess(stateCount: states),
                denoiser: TableDenoiser(table: try JointTable(tinyChain()), process: process),
                schedule: .uniform(2), clamp: clamp, batchSize: batchSize)
        }
        #expect(throws: SamplingError.sampleCount(-1)) { try draw(count: -1) }
        #expect(throws: SamplingError.sampleCount(.max)) { try draw(count: .max) }
        #expect(throws: SamplingError.batchSize(0)) { try draw(batchSize: 0) }
        #expect(throws: SamplingError.stateCount(denoiser: 3, process: 4)) { try draw(states: 4) }
        #expect(throws: SamplingError.patternLength(2, cells: 3)) { try draw(clamp: Clamp([nil, nil])) }
        #expect(throws: SamplingError.patternCount(2, samples: 1)) {
            try draw(clamp: Clamp(perSample: [[nil, nil, nil], [nil, nil, nil]]))
        }
        #expect(throws: SamplingError.knownToken(3, cell: 1, states: 3)) {
            try draw(clamp: Clamp([nil, 3, nil]))
        }
        #expect(throws: SamplingError.temperature(-1)) { try PosteriorShaping(temperature: -1) }
        #expect(throws: SamplingError.topP(0)) { try PosteriorShaping(topP: 0) }
        #expect(throws: SamplingError.topP(1.1)) { try PosteriorShaping(topP: 1.1) }
        #expect(try draw(count: 0).tokens.isEmpty)
    }
}
