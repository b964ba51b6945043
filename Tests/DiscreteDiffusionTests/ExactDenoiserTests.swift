import DiscreteDiffusion
import RealModule
import TestSupport
import Testing

/// A chain of 3 cells and 3 states whose transitions are far from even.
func tinyChain(cellCount: Int = 3) throws -> MarkovChain {
    try MarkovChain(
        cellCount: cellCount, initial: [0.6, 0.3, 0.1],
        transitions: [0.1, 0.85, 0.05, 0.05, 0.15, 0.8, 0.7, 0.1, 0.2])
}

private func posterior(_ denoiser: some Denoiser, _ tokens: [Token], _ time: Double) throws -> [Double] {
    let rows = tokens.count / denoiser.cellCount
    var logits = Array(repeating: 0.0, count: tokens.count * denoiser.stateCount)
    var output = logits.mutableSpan
    let times = Array(repeating: time, count: rows)
    try denoiser.predict(tokens: tokens.span, times: times.span, logits: &output)
    return stride(from: 0, to: logits.count, by: denoiser.stateCount).flatMap { start in
        let weights = logits[start..<start + denoiser.stateCount].map { Double.exp($0) }
        let total = weights.reduce(0, +)
        return weights.map { $0 / total }
    }
}

@Suite struct ExactDenoiserTests {
    private func agree(_ process: some ForwardProcess) throws {
        let chain = try tinyChain(cellCount: 4)
        let table = try JointTable(chain)
        let fast = MarkovChainDenoiser(chain: chain, process: process)
        let plain = TableDenoiser(table: table, process: process)
        let all = NoisedLaw(table: table, process: process).samples.flatMap { $0 }
        for time in [0.01, 0.4, 1] {
            let found = try posterior(fast, all, time)
            let expected = try posterior(plain, all, time)
            for (a, b) in zip(found, expected) { #expect(abs(a - b) < 1e-12) }
        }
    }

    @Test func forwardBackwardIsBayesRule() throws {
        try agree(AbsorbingProcess(stateCount: 3))
        try agree(UniformProcess(stateCount: 3, rate: 4))
    }

    /// The posterior must give back the noised law: sum over x_t of p(x_t) p(x_0 | x_t) = p(x_0), in each cell.
    @Test func posteriorAveragesToTheMarginal() throws {
        let table = try JointTable(tinyChain())
        let process = UniformProcess(stateCount: 3, rate: 1)
        let noised = NoisedLaw(table: table, process: process)
        var mean = Array(repeating: 0.0, count: 9)
        for (sample, probability) in zip(noised.samples, noised.law(at: 0.6)) {
            for (index, value) in try noised.posteriors(of: sample, at: 0.6).flatMap({ $0 }).enumerated() {
                mean[index] += probability * value
            }
        }
        let expected = noised.cellLaws(table.probabilities).flatMap { $0 }
        for (a, b) in zip(mean, expected) { #expect(abs(a - b) < 1e-12) }
    }

    @Test func longSequencesDoNotUnderflow() throws {
        let source = CountDown.source()
        let clean = source.draw(count: 2, seed: 8)
        let denoiser = CountDown.denoiser(process: UniformProcess(stateCount: 32))
        let process = denoiser.process
        var noised = process.noised(clean[..<256], to: 0.5, seed: 2, stream: 0)
        noised += process.noised(clean[256...], to: 0.5, seed: 2, stream: 1)
        for law in try posterior(denoiser, noised, 0.5) { #expect(law >= 0 && law <= 1) }
    }

    @Test func knownCellsAreTakenAsClean() throws {
        let chain = try tinyChain()
        let process = UniformProcess(stateCount: 3, rate: 4)
        let denoiser = MarkovChainDenoiser(chain: chain, process: process, known: [false, true, false])
        let found = try posterior(denoiser, [0, 1, 0], 1)
        #expect(found[3...5].elementsEqual([0, 1, 0]))
        let free = try posterior(MarkovChainDenoiser(chain: chain, process: process), [0, 1, 0], 1)
        #expect(free[4] < 0.9)
    }

    @Test func impossibleSamplesAreNamed() throws {
        let chain = try MarkovChain(cellCount: 3, initial: [1, 0], transitions: [0, 1, 1, 0])
        let denoiser = MarkovChainDenoiser(chain: chain, process: AbsorbingProcess(stateCount: 2))
        #expect(throws: MarkovChainError.impossible(sample: 1, cell: 1)) {
            try posterior(denoiser, [0, 1, 0, 0, 0, 2], 0.5)
        }
    }

    @Test func chainsAndTablesAreChecked() throws {
        #expect(throws: MarkovChainError.notALaw(row: nil)) {
            try MarkovChain(cellCount: 2, initial: [0.5, 0.6], transitions: [1, 0, 0, 1])
        }
        #expect(throws: MarkovChainError.notALaw(row: 1)) {
            try MarkovChain(cellCount: 2, initial: [0.5, 0.5], transitions: [1, 0, 2, -1])
        }
        #expect(throws: MarkovChainError.shape(cells: 2, states: 2, transitions: 3)) {
            try MarkovChain(cellCount: 2, initial: [0.5, 0.5], transitions: [1, 0, 1])
        }
        #expect(throws: JointTableError.notALaw) {
            try JointTable(cellCount: 1, stateCount: 2, probabilities: [0.5, 0.6])
        }
        #expect(throws: JointTableError.self) {
            try JointTable(cellCount: 2, stateCount: 2, probabilities: [0.5, 0.5])
        }
        #expect(throws: JointTableError.self) { try JointTable(CountDown.source()) }
    }

    @Test func countDownFollowsItsRule() {
        let source = CountDown.source()
        let tokens = source.draw(count: 20, seed: 4)
        #expect(tokens.count == 20 * 256)
        #expect(CountDown.errorRate(of: tokens) == 0)
        var broken = tokens
        // Cell 0 follows nothing; a fault at cell 5 also breaks what cell 6 follows, unless that is 0.
        broken[0] = 31
        let position = (5..<200).first { tokens[$0] > 5 && tokens[$0 - 1] > 5 } ?? 5
        broken[position] = tokens[position] - 2
        #expect(CountDown.errorRate(of: broken) > 1.5 / (20 * 255))
        #expect(CountDown.errorRate(of: broken) < 3.5 / (20 * 255))
        #expect(source.draw(count: 3, seed: 4).elementsEqual(tokens.prefix(3 * 256)))
    }

    @Test func chainDrawsFromItsLaw() throws {
        let chain = try tinyChain()
        let table = try JointTable(chain)
        let tokens = chain.draw(count: 20_000, seed: 6)
        var counts = Array(repeating: 0, count: 27)
        for start in stride(from: 0, to: tokens.count, by: 3) {
            counts[table.number(of: tokens[start..<start + 3])] += 1
        }
        #expect(chiSquareDeviation(counts: counts, law: table.probabilities) < 4.5)
    }
}
