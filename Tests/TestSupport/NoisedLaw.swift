import DiscreteDiffusion
import RealModule

/// Everything about the noised samples of a tiny law, by enumeration: laws over all `T^D` noised samples, T the number
/// of tokens, MASK included.
public struct NoisedLaw<Process: ForwardProcess> {
    /// The law of the data.
    public let table: JointTable
    /// The noise.
    public let process: Process
    private let denoiser: TableDenoiser<Process>

    /// Creates the enumeration.
    public init(table: JointTable, process: Process) {
        self.table = table
        self.process = process
        denoiser = TableDenoiser(table: table, process: process)
    }

    /// All noised samples, in the order in which laws list them.
    public var samples: [[Token]] {
        var count = 1
        for _ in 0..<table.cellCount { count *= process.tokenCount }
        return (0..<count).map {
            JointTable.sample(number: $0, cellCount: table.cellCount, base: process.tokenCount)
        }
    }

    /// The number of a noised sample.
    public func number(of sample: some Collection<Token>) -> Int {
        sample.reduce(0) { $0 * process.tokenCount + Int($1) }
    }

    /// `p(x_t)`.
    public func law(at time: Double) -> [Double] {
        samples.map { noised in
            table.probabilities.indices.reduce(0) { sum, number in
                sum + table.probabilities[number]
                    * zip(table.sample(number: number), noised).reduce(1) {
                        $0 * process.marginal(of: $1.1, from: $1.0, at: time)
                    }
            }
        }
    }

    /// `p(x_u | x_t)` by Bayes' rule from `p(x_u)` and the forward transition: independent of any denoiser.
    public func reverseLaw(of noised: [Token], at time: Double, to target: Double, targetLaw: [Double])
        -> [Double]
    {
        let joint = zip(samples, targetLaw).map { earlier, probability in
            probability
                * zip(earlier, noised).reduce(1) {
                    $0 * process.transition(from: $1.0, to: $1.1, between: target, and: time)
                }
        }
        let total = joint.reduce(0, +)
        return joint.map { total > 0 ? $0 / total : 0 }
    }

    /// The laws of the single cells, `[D][T]`, under a law of samples.
    public func cellLaws(_ law: [Double]) -> [[Double]] {
        var cells = Array(repeating: Array(repeating: 0.0, count: process.tokenCount), count: table.cellCount)
        for (sample, probability) in zip(samples, law) {
            for (cell, token) in sample.enumerated() { cells[cell][Int(token)] += probability }
        }
        return cells
    }

    /// The law of samples whose cells are independent.
    public func product(of cells: [[Double]]) -> [Double] {
        samples.map { sample in sample.enumerated().reduce(1) { $0 * cells[$1.0][Int($1.1)] } }
    }

    /// The exact posterior of each cell, `[D][S]`.
    public func posteriors(of noised: [Token], at time: Double) throws -> [[Double]] {
        var logits = Array(repeating: 0.0, count: table.cellCount * table.stateCount)
        var output = logits.mutableSpan
        let times = [time]
        try denoiser.predict(tokens: noised.span, times: times.span, logits: &output)
        return (0..<table.cellCount).map { cell in
            let weights = (0..<table.stateCount).map { Double.exp(logits[cell * table.stateCount + $0]) }
            let total = weights.reduce(0, +)
            return weights.map { $0 / total }
        }
    }

    /// A rule by which a sampler moves one cell: the law of its next token, `[T]`.
    public typealias CellRule = (_ token: Token, _ posterior: [Double], _ time: Double, _ target: Double) ->
        [Double]

    /// The law of the samples that a sampler draws with the exact denoiser, over the noised samples at t = 0.
    public func samplerLaw(schedule: Schedule, rule: CellRule) throws -> [Double] {
        var law = samples.map { $0.reduce(1) { $0 * process.priorProbability(of: $1) } }
        for (time, target) in zip(schedule.times, schedule.times.dropFirst()) {
            var next = Array(repeating: 0.0, count: law.count)
            for (noised, probability) in zip(samples, law) where probability > 0 {
                let posteriors = try posteriors(of: noised, at: time)
                let cells = zip(noised, posteriors).map { rule($0, $1, time, target) }
                for (number, value) in product(of: cells).enumerated() { next[number] += probability * value }
            }
            law = next
        }
        return law
    }

    /// The rule of `tweedie`, from its definition: `sum over x_0 of p(x_0 | x_t) q(x_u | x_t, x_0)`.
    public func tweedieRule(token: Token, posterior: [Double], time: Double, target: Double) -> [Double] {
        (0..<process.tokenCount).map { result in
            posterior.enumerated().reduce(0) { sum, entry in
                // The bridge of a clean cell is conditioned on what cannot be otherwise.
                let clean = process.hasMask && token != process.mask ? token : Token(entry.offset)
                return sum
                    + entry.element
                    * process.bridge(to: Token(result), from: token, clean: clean, at: time, to: target)
            }
        }
    }

    /// The rule of `euler`, from its definition, with the rates summed over x_0 one by one; the last step is `tweedie`'s.
    public func eulerRule(token: Token, posterior: [Double], time: Double, target: Double) -> [Double] {
        guard target > 0 else {
            return tweedieRule(token: token, posterior: posterior, time: time, target: 0)
        }
        var jumps = (0..<process.tokenCount).map {
            (time - target) * reverseRate(from: token, to: Token($0), posterior: posterior, at: time)
        }
        if process.isOrdered { return leaps(from: Int(token), means: jumps) }
        let total = jumps.reduce(0, +)
        if total > 1 { jumps = jumps.map { $0 / total } }
        jumps[Int(token)] = max(0, 1 - total)
        return jumps
    }

    /// The law of `x + sum over y of Poisson(mean of y) (y - x)`, up to the ends of the line.
    private func leaps(from token: Int, means: [Double]) -> [Double] {
        func poisson(_ mean: Double) -> [Double] {
            var term = Double.exp(-mean)
            return (0..<400).map { count in
                defer { term *= mean / Double(count + 1) }
                return term
            }
        }
        var law = [0: 1.0]
        for (state, mean) in means.enumerated() where mean > 0 {
            var next: [Int: Double] = [:]
            for (count, share) in poisson(mean).enumerated() where share > 1e-18 {
                for (shift, probability) in law {
                    next[shift + count * (state - token), default: 0] += probability * share
                }
            }
            law = next
        }
        var result = Array(repeating: 0.0, count: means.count)
        for (shift, probability) in law {
            result[max(0, min(means.count - 1, token + shift))] += probability
        }
        return result
    }

    /// `beta R(y, x) sum over x_0 of p(x_0 | x_t) q_t(y | x_0) / q_t(x | x_0)` for y other than x.
    public func reverseRate(from token: Token, to result: Token, posterior: [Double], at time: Double)
        -> Double
    {
        guard token != result else { return 0 }
        let sum = posterior.enumerated().reduce(0.0) { sum, entry in
            let clean = Token(entry.offset)
            let evidence = process.marginal(of: token, from: clean, at: time)
            guard entry.element > 0, evidence > 0 else { return sum }
            return sum + entry.element * process.marginal(of: result, from: clean, at: time) / evidence
        }
        let rate = process.unitRate(from: result, to: token)
        // At t = 1 the speed of absorbing noise is infinite and the survival 0; their product is -alpha'(t).
        if rate == 0 { return 0 }
        let scale = process.speed(at: time)
        return scale.isFinite ? scale * rate * sum : posterior[Int(result)]
    }
}
