import RealModule

/// Noise on ordered states, such as the grey levels of an image: a birth-death chain, which steps to a neighbouring state.
///
/// At unit speed a cell goes from x to a neighbour y at the rate `sqrt(pi(y) / pi(x))`, so that pi is the law it comes to rest in.
/// Time runs as `sigma(t) = spread (growth^t - 1) / (growth - 1)`. The matrices `exp(sigma(t) R)` of the times
/// in use are kept. (Campbell et al. 2022, arXiv 2205.14987, appendix E, whose Gaussian
/// rates reach farther than to neighbours.)
public struct OrdinalProcess: ForwardProcess {
    /// The number of states.
    public let stateCount: Int
    /// `sigma(1)`.
    public let spread: Double
    /// How much faster noise comes at t = 1 than at t = 0; 1 for a constant speed.
    public let growth: Double
    /// The law at rest, pi, `[S]`, which is the prior.
    public let stationary: [Double]
    private let chain: BirthDeathChain

    /// Creates the process.
    ///
    /// - Parameters:
    ///   - stationary: The law at rest; every state has some probability.
    ///   - spread: `sigma(1)`. From one end of S even states to the other takes about `S^2 / 5`. At most a
    ///     million.
    ///   - growth: Above 0.
    /// - Precondition: All that.
    public init(stationary: [Double], spread: Double, growth: Double = 1) {
        precondition((2..<Int(Token.max)).contains(stationary.count), "\(stationary.count) states")
        precondition(stationary.allSatisfy { $0 > 0 && $0.isFinite }, "a law at rest with an empty state")
        precondition(spread > 0 && spread <= 1e6, "spread \(spread)")
        precondition(growth > 0 && growth.isFinite, "growth \(growth)")
        let total = stationary.reduce(0, +)
        stateCount = stationary.count
        self.stationary = stationary.map { $0 / total }
        self.spread = spread
        self.growth = growth
        chain = BirthDeathChain(stationary: self.stationary)
    }

    /// A process whose states are alike at rest.
    public static func even(stateCount: Int, spread: Double, growth: Double = 1) -> OrdinalProcess {
        OrdinalProcess(stationary: Array(repeating: 1, count: stateCount), spread: spread, growth: growth)
    }

    /// A process at rest in a discretised normal law about the middle state.
    ///
    /// - Parameter deviation: Its standard deviation, in states.
    public static func gaussian(
        stateCount: Int, deviation: Double, spread: Double, growth: Double = 1
    ) -> OrdinalProcess {
        let middle = Double(stateCount - 1) / 2
        let law = (0..<stateCount).map { state in
            let distance = (Double(state) - middle) / deviation
            return Double.exp(-distance * distance / 2)
        }
        return OrdinalProcess(stationary: law, spread: spread, growth: growth)
    }

    /// `ordinal`.
    public var name: String { "ordinal" }

    /// False.
    public var hasMask: Bool { false }

    /// True.
    public var isOrdered: Bool { true }

    private func sigma(_ time: Double) -> Double {
        growth == 1 ? spread * time : spread * (.pow(growth, time) - 1) / (growth - 1)
    }

    /// `exp(-sigma(t))`.
    public func survival(at time: Double) -> Double { .exp(-sigma(time)) }

    /// `sigma'(t)`.
    public func speed(at time: Double) -> Double {
        growth == 1 ? spread : spread * .log(growth) * .pow(growth, time) / (growth - 1)
    }

    /// `sqrt(pi(y) / pi(x))` to a neighbour, minus their sum on the diagonal, else 0.
    public func unitRate(from: Token, to: Token) -> Double { chain.rate(from: Int(from), to: Int(to)) }

    /// An entry of `exp((sigma(t) - sigma(s)) R)`.
    public func transition(from: Token, to: Token, between earlier: Double, and later: Double) -> Double {
        chain.transitions(after: sigma(later) - sigma(earlier))[Int(from) * stateCount + Int(to)]
    }

    /// A column of `exp(sigma(t) R)`.
    public func likelihoods(of token: Token, at time: Double, into values: inout MutableSpan<Double>) {
        let law = chain.transitions(after: sigma(time))
        for state in 0..<stateCount { values[state] = law[state * stateCount + Int(token)] }
    }

    /// pi.
    public func priorProbability(of token: Token) -> Double { stationary[Int(token)] }

    /// A draw from pi.
    public func drawPrior(using generator: inout some RandomNumberGenerator) -> Token {
        Token(generator.drawIndex(weights: stationary.span, total: 1))
    }

    /// Runs the cell step by step up to t; takes two random numbers a step and one more.
    public func noise(
        _ clean: Token, to time: Double, using generator: inout some RandomNumberGenerator
    ) -> Token {
        let end = sigma(time)
        var state = Int(clean)
        var clock = generator.drawExponential() / -chain.rate(from: state, to: state)
        while clock < end {
            let up = state + 1 < stateCount ? chain.rate(from: state, to: state + 1) : 0
            let leaving = -chain.rate(from: state, to: state)
            state += generator.drawUnit() * leaving < up ? 1 : -1
            clock += generator.drawExponential() / -chain.rate(from: state, to: state)
        }
        return Token(state)
    }

    /// Never: where the cell was says much of where it is, and x_0 says more.
    public func keeps(
        _ token: Token, from time: Double, to target: Double,
        using generator: inout some RandomNumberGenerator
    ) -> Bool {
        false
    }

    /// A draw in proportion to `q_u(y | x_0) q_{t|u}(x_t | y)`.
    public func drawBridge(
        from token: Token, clean: Token, at time: Double, to target: Double,
        using generator: inout some RandomNumberGenerator
    ) -> Token {
        let before = chain.transitions(after: sigma(target))
        let after = chain.transitions(after: sigma(time) - sigma(target))
        let weights = (0..<stateCount).map {
            before[Int(clean) * stateCount + $0] * after[$0 * stateCount + Int(token)]
        }
        let total = weights.reduce(0, +)
        return total > 0 ? Token(generator.drawIndex(weights: weights.span, total: total)) : clean
    }

    /// To both neighbours, by the definition.
    public func reverseRates(
        from token: Token, posterior: Span<Double>, at time: Double, into rates: inout MutableSpan<Double>
    ) -> Double {
        let law = chain.transitions(after: sigma(time))
        let here = Int(token)
        for state in 0..<stateCount { rates[state] = 0 }
        var total = 0.0
        for neighbour in neighbours(of: here) {
            var sum = 0.0
            for clean in 0..<stateCount where posterior[clean] > 0 {
                let evidence = law[clean * stateCount + here]
                if evidence > 0 { sum += posterior[clean] * law[clean * stateCount + neighbour] / evidence }
            }
            let rate = speed(at: time) * chain.rate(from: neighbour, to: here) * sum
            rates[neighbour] = rate
            total += rate
        }
        return total
    }

    /// The largest sum of rates under a posterior that is sure of one state.
    public func reverseRateBound(from token: Token, at time: Double) -> Double {
        let law = chain.transitions(after: sigma(time))
        let here = Int(token)
        var highest = 0.0
        for clean in 0..<stateCount {
            let evidence = law[clean * stateCount + here]
            guard evidence > 0 else { continue }
            let sum = neighbours(of: here).reduce(0) {
                $0 + chain.rate(from: $1, to: here) * law[clean * stateCount + $1] / evidence
            }
            highest = max(highest, sum)
        }
        return speed(at: time) * highest
    }

    private func neighbours(of state: Int) -> [Int] {
        [state - 1, state + 1].filter { (0..<stateCount).contains($0) }
    }
}
