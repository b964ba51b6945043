/// Noise that turns cells into MASK, for good: `alpha(t) = 1 - t`, so that t is the expected share of masked cells.
///
/// Only the jump into MASK has a rate (1 at unit speed); `sigma(t) = -log(1 - t)`. The log-linear noise of SEDD
/// (Lou et al. 2024, arXiv 2310.16834) and of masked diffusion models.
public struct AbsorbingProcess: ForwardProcess, Hashable {
    /// The number of states of the data; MASK is the next token.
    public let stateCount: Int

    /// Creates the process.
    ///
    /// - Precondition: `stateCount` is in 1 ..< 65,535.
    public init(stateCount: Int) {
        precondition((1..<Int(Token.max)).contains(stateCount), "\(stateCount) states")
        self.stateCount = stateCount
    }

    /// `absorbing`.
    public var name: String { "absorbing" }

    /// True.
    public var hasMask: Bool { true }

    /// `alpha(t) = 1 - t`.
    public func survival(at time: Double) -> Double { 1 - time }

    /// `beta(t) = 1 / (1 - t)`.
    public func speed(at time: Double) -> Double { 1 / (1 - time) }

    /// 1 from a state of the data into MASK, -1 for staying there, 0 from MASK.
    public func unitRate(from: Token, to: Token) -> Double {
        if from == maskToken { return 0 }
        return to == maskToken ? 1 : (to == from ? -1 : 0)
    }

    /// A cell survives from s to t with probability `(1 - t) / (1 - s)`, else it is MASK.
    public func transition(from: Token, to: Token, between earlier: Double, and later: Double) -> Double {
        if from == maskToken { return to == maskToken ? 1 : 0 }
        // At s = 1 nothing is left to survive; the limit of the ratio there depends on t - s, which is 0.
        let survived = earlier < 1 ? (1 - later) / (1 - earlier) : 1
        if to == maskToken { return 1 - survived }
        return to == from ? survived : 0
    }

    /// 1 for MASK.
    public func priorProbability(of token: Token) -> Double { token == maskToken ? 1 : 0 }

    /// MASK; takes no random number.
    public func drawPrior(using generator: inout some RandomNumberGenerator) -> Token { maskToken }

    /// MASK with probability t; takes one random number.
    public func noise(
        _ clean: Token, to time: Double, using generator: inout some RandomNumberGenerator
    ) -> Token {
        generator.drawUnit() < time ? maskToken : clean
    }

    /// Clean cells stay; MASK stays with probability u / t, whatever x_0 is, and never at u = 0.
    public func keeps(
        _ token: Token, from time: Double, to target: Double,
        using generator: inout some RandomNumberGenerator
    ) -> Bool {
        if token != maskToken { return true }
        return target > 0 && generator.drawUnit() * time < target
    }

    /// x_0: a cell that does not stay masked is revealed.
    public func drawBridge(
        from token: Token, clean: Token, at time: Double, to target: Double,
        using generator: inout some RandomNumberGenerator
    ) -> Token {
        clean
    }

    /// `p(y | x_t) / t` from MASK, 0 from a clean cell.
    public func reverseRates(
        from token: Token, posterior: Span<Double>, at time: Double, into rates: inout MutableSpan<Double>
    ) -> Double {
        let scale = token == maskToken ? 1 / time : 0
        for state in 0..<stateCount { rates[state] = posterior[state] * scale }
        return scale
    }

    /// `1 / t` from MASK, 0 from a clean cell.
    public func reverseRateBound(from token: Token, at time: Double) -> Double {
        token == maskToken ? 1 / time : 0
    }

    private var maskToken: Token { Token(stateCount) }
}
