import DiscreteDiffusion
import RealModule
import TestSupport
import Testing

/// Every process, small enough to enumerate.
private let processes: [any ForwardProcess] = [
    AbsorbingProcess(stateCount: 3), UniformProcess(stateCount: 3, rate: 2.5), UniformProcess(stateCount: 5),
    OrdinalProcess.even(stateCount: 4, spread: 3),
    OrdinalProcess.gaussian(stateCount: 5, deviation: 1.3, spread: 2, growth: 4),
]

/// `exp(sigma R)` by its plain series, halved often enough before that the series is short.
private func matrixExponential(_ matrix: [[Double]]) -> [[Double]] {
    let size = matrix.count
    func product(_ a: [[Double]], _ b: [[Double]]) -> [[Double]] {
        (0..<size).map { row in
            (0..<size).map { column in (0..<size).reduce(0) { $0 + a[row][$1] * b[$1][column] } }
        }
    }
    let identity = (0..<size).map { row in (0..<size).map { row == $0 ? 1.0 : 0 } }
    let halved = matrix.map { $0.map { $0 / 1024 } }
    var (sum, term) = (identity, identity)
    for order in 1...20 {
        term = product(term, halved).map { $0.map { $0 / Double(order) } }
        for row in 0..<size { for column in 0..<size { sum[row][column] += term[row][column] } }
    }
    for _ in 0..<10 { sum = product(sum, sum) }
    return sum
}

@Suite struct ProcessTests {
    @Test(arguments: processes)
    func transitionIsTheMatrixExponential(process: any ForwardProcess) {
        let tokens = 0..<Token(process.tokenCount)
        for (earlier, later) in [(0, 0.3), (0, 0.9), (0.2, 0.25), (0.5, 0.99)] {
            let sigma = -Double.log(process.survival(at: later) / process.survival(at: earlier))
            let rates = tokens.map { from in tokens.map { sigma * process.unitRate(from: from, to: $0) } }
            for (from, row) in matrixExponential(rates).enumerated() {
                for (to, expected) in row.enumerated() {
                    let found = process.transition(
                        from: Token(from), to: Token(to), between: earlier, and: later)
                    #expect(abs(found - expected) < 1e-12, "\(process.name) \(from) -> \(to)")
                }
            }
        }
    }

    @Test(arguments: processes)
    func speedIsTheSlopeOfTheNoise(process: any ForwardProcess) {
        for time in [0.1, 0.5, 0.8] {
            let slope =
                (Double.log(process.survival(at: time - 1e-6)) - .log(process.survival(at: time + 1e-6)))
                / 2e-6
            #expect(abs(slope - process.speed(at: time)) < 1e-6)
        }
        #expect(process.survival(at: 0) == 1)
    }

    /// `keeps` and `drawBridge` together must draw from the bridge; the bridge itself is Bayes' rule.
    @Test(arguments: processes)
    func drawnStepsHaveTheBridgesLaw(process: any ForwardProcess) {
        let seed: UInt64 = 3
        var generator = CounterGenerator(seed: seed)
        for (time, target) in [(1, 0.6), (0.7, 0.65), (0.5, 0), (0.02, 0.01)] {
            for clean in 0..<Token(process.stateCount) {
                for token in 0..<Token(process.tokenCount) {
                    guard process.marginal(of: token, from: clean, at: time) > 0 else { continue }
                    let law = (0..<Token(process.tokenCount)).map {
                        process.bridge(to: $0, from: token, clean: clean, at: time, to: target)
                    }
                    #expect(abs(law.reduce(0, +) - 1) < 1e-12)
                    var counts = Array(repeating: 0, count: process.tokenCount)
                    for _ in 0..<4000 {
                        let keeps = process.keeps(token, from: time, to: target, using: &generator)
                        let next =
                            keeps
                            ? token
                            : process.drawBridge(
                                from: token, clean: clean, at: time, to: target, using: &generator)
                        counts[Int(next)] += 1
                    }
                    let deviation = chiSquareDeviation(counts: counts, law: law)
                    #expect(deviation < 4.5, "\(process.name) \(token) from \(clean), \(time), seed \(seed)")
                }
            }
        }
    }

    @Test(arguments: processes)
    func reverseRatesAreTheirDefinition(process: any ForwardProcess) throws {
        var generator = CounterGenerator(seed: 5)
        let uniform = Array(repeating: 1 / Double(process.stateCount), count: process.stateCount)
        let table = try JointTable(
            cellCount: 1, stateCount: process.stateCount, probabilities: uniform)
        for time in [0.05, 0.5, 0.97] {
            for token in 0..<Token(process.tokenCount) where !process.hasMask || token == process.mask {
                let posterior = randomLaw(count: process.stateCount, using: &generator)
                let (rates, total) = reverseRates(process, token, posterior, time)
                for state in 0..<Token(process.stateCount) {
                    let expected = NoisedRate.expected(process, table, token, state, posterior, time)
                    #expect(abs(rates[Int(state)] - expected) < 1e-10 * max(1, expected))
                }
                #expect(abs(rates.reduce(0, +) - total) < 1e-10 * total)
                // The bound must hold for the least even posterior too.
                for state in 0..<process.stateCount {
                    let certain = (0..<process.stateCount).map { $0 == state ? 1.0 : 0 }
                    let (_, sum) = reverseRates(process, token, certain, time)
                    #expect(sum <= process.reverseRateBound(from: token, at: time) * (1 + 1e-12))
                }
            }
        }
        if process.hasMask {
            #expect(reverseRates(process, 0, uniform, 0.5).total == 0)
            #expect(process.reverseRateBound(from: 0, at: 0.5) == 0)
        }
    }

    private func reverseRates(
        _ process: some ForwardProcess, _ token: Token, _ posterior: [Double], _ time: Double
    ) -> (rates: [Double], total: Double) {
        var rates = posterior
        var output = rates.mutableSpan
        let total = process.reverseRates(from: token, posterior: posterior.span, at: time, into: &output)
        return (rates, total)
    }

    /// Common random numbers at two times must couple them as the chain does: the joint law of (x_s, x_t).
    @Test(arguments: processes)
    func noiseRunsOnOnePath(process: any ForwardProcess) {
        let seed: UInt64 = 17
        let (earlier, later) = (0.3, 0.7)
        let size = process.tokenCount
        var counts = Array(repeating: 0, count: size * size)
        for stream in UInt64(0)..<20_000 {
            let first = process.noised([1], to: earlier, seed: seed, stream: stream)[0]
            let second = process.noised([1], to: later, seed: seed, stream: stream)[0]
            counts[Int(first) * size + Int(second)] += 1
        }
        let law = (0..<size * size).map { pair in
            let (first, second) = (Token(pair / size), Token(pair % size))
            return process.marginal(of: first, from: 1, at: earlier)
                * process.transition(from: first, to: second, between: earlier, and: later)
        }
        #expect(chiSquareDeviation(counts: counts, law: law) < 4.5, "\(process.name), seed \(seed)")
    }

    @Test func noiseLeavesKnownCellsAndTheNoiseOfTheOthers() {
        let process = UniformProcess(stateCount: 9)
        let clean = (0..<200).map { Token($0 % 9) }
        let known = (0..<200).map { $0 % 3 == 0 }
        let all = process.noised(clean, to: 0.8, seed: 1, stream: 4)
        let part = process.noised(clean, to: 0.8, known: known, seed: 1, stream: 4)
        for cell in 0..<200 { #expect(part[cell] == (known[cell] ? clean[cell] : all[cell])) }
        #expect(all != clean)
        #expect(process.noised(clean, to: 0, seed: 1, stream: 4) == clean)
    }

    @Test(arguments: processes)
    func priorIsALaw(process: any ForwardProcess) {
        let law = (0..<Token(process.tokenCount)).map(process.priorProbability(of:))
        #expect(abs(law.reduce(0, +) - 1) < 1e-12)
        var generator = CounterGenerator(seed: 23)
        var counts = Array(repeating: 0, count: law.count)
        for _ in 0..<10_000 { counts[Int(process.drawPrior(using: &generator))] += 1 }
        #expect(chiSquareDeviation(counts: counts, law: law) < 4.5)
    }
}

/// Opens the existential for `NoisedLaw`.
private enum NoisedRate {
    static func expected(
        _ process: some ForwardProcess, _ table: JointTable, _ token: Token, _ state: Token,
        _ posterior: [Double], _ time: Double
    ) -> Double {
        NoisedLaw(table: table, process: process).reverseRate(
            from: token, to: state, posterior: posterior, at: time)
    }
}
