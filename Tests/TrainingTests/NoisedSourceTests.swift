import DenoisingTransformer
import DiscreteDiffusion
import RealModule
import Testing
import Training

struct NoisedSourceTests {
    private func configuration(tellsTime: Bool) -> TransformerConfiguration {
        var configuration = TransformerConfiguration(
            stateCount: 3, lanes: 1, steps: 8, contextSizes: tellsTime ? [64] : [], width: 32, layers: 2,
            heads: 1,
            feedforward: 64, convolutionTaps: 3)
        configuration.tellsTime = tellsTime
        return configuration
    }

    private func chain() throws -> MarkovChain {
        try MarkovChain(
            cellCount: 8, initial: [0.6, 0.3, 0.1],
            transitions: [0.1, 0.85, 0.05, 0.05, 0.15, 0.8, 0.7, 0.1, 0.2])
    }

    @Test func `Masks are as many as the level says, other noise tells its time`() throws {
        let chain = try chain()
        let masking = NoisedSource(
            process: AbsorbingProcess(stateCount: 3), configuration: configuration(tellsTime: false)
        ) { chain.draw(using: &$0) }
        let mixing = NoisedSource(
            process: UniformProcess(stateCount: 3, rate: 4), configuration: configuration(tellsTime: true)
        ) { chain.draw(using: &$0) }
        var changed = 0
        for stream in 0..<200 {
            var generator = CounterGenerator(seed: 1, for: .training, stream: UInt64(stream))
            let masked = masking.draw(level: 0.6, using: &generator)
            #expect(masked.tokens.count { $0 == 3 } == 5)
            #expect(masked.contexts.isEmpty)
            let mixed = mixing.draw(level: 0.6, using: &generator)
            #expect(mixed.contexts == Array(repeating: 38, count: 8))
            #expect(mixed.tokens.allSatisfy { $0 < 3 })
            #expect(mixed.weights == Array(repeating: 0.125, count: 8))
            changed += zip(mixed.tokens, mixed.targets).count { $0 != $1 }
        }
        // A cell differs with probability (1 - exp(-2.4)) 2 / 3 = 0.606; 1,600 cells, four standard errors.
        #expect(abs(Double(changed) / 1_600 - 0.606) < 0.05)
    }

    /// What a small network learns is what Bayes' rule says, at every level of noise.
    @Test(arguments: [false, true])
    func `A trained model comes near the exact denoiser`(masks: Bool) throws {
        if masks {
            try check(AbsorbingProcess(stateCount: 3))
        } else {
            try check(UniformProcess(stateCount: 3, rate: 4))
        }
    }

    private func check(_ process: some ForwardProcess) throws {
        let configuration = configuration(tellsTime: !process.hasMask)
        let chain = try chain()
        var settings = TrainingSettings()
        settings.steps = 2_000
        settings.rate = 3e-3
        settings.warmup = 50
        settings.dropout = 0
        settings.averageDecay = 0.98
        settings.usesBF16 = false
        let run = try TrainingRun(
            settings: settings, configuration: configuration,
            source: NoisedSource(process: process, configuration: configuration) { chain.draw(using: &$0) },
            validation: [])
        while !run.isFinished { _ = try run.advance() }
        let model = TransformerDenoiser(
            model: try run.model(),
            contexts: [], steps: 8,
            precision: .f32, threads: 1)
        try checkBound(try run.model(), chain, process)
        let exact = MarkovChainDenoiser(chain: chain, process: process)
        for time in [0.2, 0.5, 0.8] {
            let (learnt, least) = try (loss(model, chain, process, time), loss(exact, chain, process, time))
            #expect(learnt < 1.1 * least + 0.01, "t = \(time): \(learnt), \(least)")
            #expect(learnt > 0.97 * least, "t = \(time): \(learnt), \(least)")
        }
    }

    /// The mean bound of a model that has learnt the law is the law's entropy and a little.
    private func checkBound(
        _ model: Model, _ chain: MarkovChain, _ process: some ForwardProcess
    ) throws {
        let table = try JointTable(chain)
        let entropy = table.probabilities.reduce(0) { $1 > 0 ? $0 - $1 * .log($1) : $0 }
        let clean = chain.draw(count: 256, seed: 79)
        let pieces = stride(from: 0, to: clean.count, by: 8).map {
            HeldOutPiece(windows: [.init(tokens: Array(clean[$0..<$0 + 8]), contexts: [])], frames: 8)
        }
        let bound = try HeldOutBound.measure(
            model.configuration, process: process, parameters: model.parameters(), operands: nil,
            pieces: pieces,
            levels: 32, seed: 80, threads: 2)
        let mean = bound.pieces.reduce(0) { $0 + $1.nats } / 256
        // 256 sequences of about 5.4 +- 1.7 nats; rates ask for more precision than cross-entropy.
        #expect(mean > 0.93 * entropy, "\(process.name): \(mean), entropy \(entropy)")
        #expect(
            mean < (process.hasMask ? 1.1 : 1.2) * entropy, "\(process.name): \(mean), entropy \(entropy)")
    }

    /// The mean of `-log p(x_0^d | x_t)` over the cells that are not known to be clean, nats.
    private func loss(
        _ denoiser: some Denoiser, _ chain: MarkovChain, _ process: some ForwardProcess, _ time: Double
    ) throws -> Double {
        let count = 256
        let clean = chain.draw(count: count, seed: 77)
        var generator = CounterGenerator(seed: 78, for: .data)
        let noised = clean.map { process.noise($0, to: time, using: &generator) }
        var logits = [Double](repeating: 0, count: clean.count * 3)
        var output = logits.mutableSpan
        try denoiser.predict(
            tokens: noised.span, times: Array(repeating: time, count: count).span, logits: &output)
        var (sum, cells) = (0.0, 0)
        for (cell, token) in clean.enumerated() where !process.hasMask || noised[cell] == process.mask {
            cells += 1
            let row = logits[cell * 3..<cell * 3 + 3]
            let largest = row.max() ?? 0
            sum += largest + .log(row.reduce(0) { $0 + .exp($1 - largest) }) - row[cell * 3 + Int(token)]
        }
        return sum / Double(cells)
    }
}
