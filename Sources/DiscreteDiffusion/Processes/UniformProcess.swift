import RealModule

/// Noise that replaces a cell's token by a uniformly drawn one, at a constant rate.
///
/// Renewals arrive with rate `rate`; each draws among all S states, the present one too. So `sigma(t) = rate * t`,
/// `alpha(t) = exp(-sigma(t))` and `q_t(y | x_0) = alpha [y = x_0] + (1 - alpha) / S`. The prior is uniform; at t = 1 a
/// share `alpha(1)` of the cells is still clean, which a sampler that starts from the prior cannot know.
public struct UniformProcess: ForwardProcess, Hashable {
    /// The number of states.
    public let stateCount: Int
    /// `sigma(1)`: the mean number of renewals of a cell from t = 0 to 1.
    public let rate: Double

    /// The rate of the piano experiment of tauLDR (Campbell et al. 2022, arXiv 2205.14987): 0.03 between each pair of
    /// 129 states.
    public static let pianoRate = 3.87

    /// Creates the process.
    ///
    /// - Precondition: `stateCount` is in 2 ..< 65,535, `rate` finite and above 0.
    public init(stateCount: Int, rate: Double = UniformProcess.pianoRate) {
        precondition((2..<Int(Token.max)).contains(stateCount), "\(stateCount) states")
        precondition(rate > 0 && rate.isFinite, "rate \(rate)")
        self.stateCount = stateCount
        self.rate = rate
    }

    /// `uniform`.
    public var name: String { "uniform" }

    /// False.
    public var hasMask: Bool { false }

    /// `alpha(t) = exp(-rate * t)`.
    public func survival(at time: Double) -> Double { .exp(-rate * time) }

    /// `beta(t) = rate`.
    public func speed(at time: Double) -> Double { rate }

    /// `1 / S` to every other state, `1 / S - 1` on the diagonal.
    public func unitRate(from: Token, to: Token) -> Double {
        1 / Double(stateCount) - (from == to ? 1 : 0)
    }

    /// `a [x = y] + (1 - a) / S` with `a = alpha(t) / alpha(s)`.
    public func transition(from: Token, to: Token, between earlier: Double, and later: Double) -> Double {
        let survived = survival(at: later - earlier)
        return (from == to ? survived : 0) + (1 - survived) / Double(stateCount)
    }

    /// `1 / S`.
    public func priorProbability(of token: Token) -> Double { 1 / Double(stateCount) }

    /// A uniform draw.
    public func drawPrior(using generator: inout some RandomNumberGenerator) -> Token {
        Token(generator.drawIndex(below: stateCount))
    }

    /// Runs the cell through its renewals up to t; takes two random numbers a renewal and one more.
    public func noise(
        _ clean: Token, to time: Double, using generator: inout some RandomNumberGenerator
    ) -> Token {
        var token = clean
        var clock = generator.drawExponential()
        while clock < rate * time {
            token = drawPrior(using: &generator)
            clock += generator.drawExponential()
        }
        return token
    }

    /// True with the probability that no renewal fell in (u, t], given that x_t is not x_0: the less likely case,
    /// `alpha_{t|u} (1 - alpha_u) / (1 - alpha_t)`.
    public func keeps(
        _ token: Token, from time: Double, to target: Double,
        using generator: inout some RandomNumberGenerator
    ) -> Bool {
        generator.drawUnit() < quietUnlessClean(from: time, to: target)
    }

    /// Where a renewal fell in (u, t], the token at t says nothing of the one at u, which is then noised from x_0. Where
    /// x_t = x_0 there is, beyond what `keeps` has granted, some probability left that none fell.
    public func drawBridge(
        from token: Token, clean: Token, at time: Double, to target: Double,
        using generator: inout some RandomNumberGenerator
    ) -> Token {
        let before = survival(at: target)
        let noise = (1 - before) / Double(stateCount)
        if token == clean {
            let survived = survival(at: time)
            let quiet =
                survival(at: time - target) * (before + noise)
                / (survived + (1 - survived) / Double(stateCount))
            let granted = quietUnlessClean(from: time, to: target)
            if generator.drawUnit() * (1 - granted) < quiet - granted { return token }
        }
        return generator.drawUnit() < before ? clean : drawPrior(using: &generator)
    }

    /// `beta / S` times `p(x) u/a + p(y) a/u + 1 - p(x) - p(y)`, where `u = (1 - alpha) / S` and `a = alpha + u`.
    public func reverseRates(
        from token: Token, posterior: Span<Double>, at time: Double, into rates: inout MutableSpan<Double>
    ) -> Double {
        let (unit, gain) = (rate / Double(stateCount), likelihoodRatio(at: time))
        let stay = posterior[Int(token)]
        let base = unit * (1 - stay + stay / gain)
        let slope = unit * (gain - 1)
        var total = 0.0
        for state in 0..<stateCount {
            let value = base + slope * posterior[state]
            rates[state] = value
            total += value
        }
        total -= rates[Int(token)]
        rates[Int(token)] = 0
        return total
    }

    /// The sum of the rates when the posterior excludes the present token: `beta / S * (a/u + S - 2)`.
    public func reverseRateBound(from token: Token, at time: Double) -> Double {
        rate / Double(stateCount) * (likelihoodRatio(at: time) + Double(stateCount) - 2)
    }

    /// `a/u`: how much likelier a cell is to show x_0 than to show a given other token.
    private func likelihoodRatio(at time: Double) -> Double {
        let survived = survival(at: time)
        return 1 + survived * Double(stateCount) / (1 - survived)
    }

    private func quietUnlessClean(from time: Double, to target: Double) -> Double {
        survival(at: time - target) * (1 - survival(at: target)) / (1 - survival(at: time))
    }
}
