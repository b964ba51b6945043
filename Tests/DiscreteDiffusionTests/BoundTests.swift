import DiscreteDiffusion
import RealModule
import TestSupport
import Testing

struct BoundTests {
    /// With the exact denoiser nothing is lost but the prior's mismatch: the mean bound is the entropy of the data.
    @Test func `The exact denoiser's bound is the entropy`() throws {
        let table = try JointTable(tinyChain())
        let entropy = table.probabilities.reduce(0) { $1 > 0 ? $0 - $1 * .log($1) : $0 }
        try check(AbsorbingProcess(stateCount: 3), table, entropy)
        try check(UniformProcess(stateCount: 3, rate: 9), table, entropy)
        try check(OrdinalProcess.even(stateCount: 3, spread: 9), table, entropy)
    }

    private func check(_ process: some ForwardProcess, _ table: JointTable, _ entropy: Double) throws {
        let noised = NoisedLaw(table: table, process: process)
        let denoiser = TableDenoiser(table: table, process: process)
        let tokens = noised.samples.flatMap { $0 }
        var bound = 0.0
        // Midpoints of t = s^2: the integrand grows as log(1 / t).
        let points = 400
        for point in 0..<points {
            let place = (Double(point) + 0.5) / Double(points)
            let time = place * place
            let posteriors = try posteriors(denoiser, tokens, at: time)
            var mean = 0.0
            for (number, probability) in table.probabilities.enumerated() where probability > 0 {
                let clean = table.sample(number: number)
                for (index, sample) in noised.samples.enumerated() {
                    let share = zip(clean, sample).reduce(probability) {
                        $0 * process.marginal(of: $1.1, from: $1.0, at: time)
                    }
                    guard share > 0 else { continue }
                    for cell in 0..<3 {
                        let posterior = posteriors[index * 3 + cell]
                        let rate = process.boundRate(
                            of: sample[cell], clean: clean[cell], posterior: posterior.span, at: time)
                        mean += share * rate
                    }
                }
            }
            bound += mean * 2 * place / Double(points)
        }
        let prior = table.probabilities.enumerated().reduce(0.0) { sum, entry in
            table.sample(number: entry.offset).reduce(sum) {
                $0 + entry.element * process.priorDivergence(of: $1)
            }
        }
        #expect(prior < 5e-3)
        #expect(
            abs(bound + prior - entropy) < 5e-3, "\(process.name): \(bound) + \(prior), entropy \(entropy)")
    }

    /// What a denoiser says of each cell, all samples at one time.
    private func posteriors(
        _ denoiser: some Denoiser, _ tokens: [Token], at time: Double
    ) throws -> [[Double]] {
        let times = Array(repeating: time, count: tokens.count / 3)
        var logits = [Double](repeating: 0, count: tokens.count * 3)
        var output = logits.mutableSpan
        try denoiser.predict(tokens: tokens.span, times: times.span, logits: &output)
        return tokens.indices.map { cell in
            let weights = logits[cell * 3..<cell * 3 + 3].map { Double.exp($0) }
            let total = weights.reduce(0, +)
            return weights.map { $0 / total }
        }
    }

    @Test func `A posterior that is wrong costs more, one that excludes the truth everything`() {
        let process = UniformProcess(stateCount: 3, rate: 4)
        func rate(_ posterior: [Double]) -> Double {
            process.boundRate(of: 1, clean: 0, posterior: posterior.span, at: 0.5)
        }
        #expect(rate([1, 0, 0]) == 0)
        #expect(0 < rate([0.9, 0.05, 0.05]) && rate([0.9, 0.05, 0.05]) < rate([0.2, 0.4, 0.4]))
        let mask = AbsorbingProcess(stateCount: 3)
        let wrong = [0.0, 1, 0]
        #expect(mask.boundRate(of: 3, clean: 0, posterior: wrong.span, at: 0.5) == .infinity)
        let even = [0.5, 0.5, 0]
        let half = mask.boundRate(of: 3, clean: 0, posterior: even.span, at: 0.25)
        #expect(abs(half - .log(2) / 0.25) < 1e-12)
    }
}
