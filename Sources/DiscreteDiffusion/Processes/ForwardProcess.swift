/// A forward noise: a continuous-time Markov chain that runs in every cell on its own, from data at t = 0 towards a
/// prior at t = 1.
///
/// Its rates are `R_t = beta(t) R`; with `sigma(t)` the integral of beta from 0 to t the law of a cell is
/// `q_t(. | x_0) = exp(sigma(t) R)`, and `alpha(t) = exp(-sigma(t))` is its survival. Tokens `0 ..< S` are the states
/// of the data; a process with a mask has one more, MASK = S. Times are in 0...1.
///
/// A new process is one new file that conforms to this: what follows from the closed forms (the bridge, the reverse
/// posterior) is derived in `ForwardProcess+Derived.swift`.
public protocol ForwardProcess: Sendable {
    /// The name in files and on the command line, such as `absorbing`.
    var name: String { get }

    /// The number of states of the data, `S`, MASK not counted.
    var stateCount: Int { get }

    /// Whether there is a token MASK = S that noise turns cells into. Then a cell that is not masked is clean.
    var hasMask: Bool { get }

    /// Whether states are places on a line, so that two jumps of one add up to a jump of two.
    var isOrdered: Bool { get }

    /// `alpha(t) = exp(-sigma(t))`: 1 at t = 0, decreasing.
    func survival(at time: Double) -> Double

    /// `beta(t) = sigma'(t)`, the speed of the noise; infinite where the survival reaches 0.
    func speed(at time: Double) -> Double

    /// `R(from, to)`: the rate of jumps at unit speed; on the diagonal minus the rate of leaving.
    func unitRate(from: Token, to: Token) -> Double

    /// `q(x_t = to | x_s = from)` for `s <= t`.
    func transition(from: Token, to: Token, between earlier: Double, and later: Double) -> Double

    /// What a token at time t says of the state behind it: `q_t(token | x_0)` for every x_0, `[S]`.
    func likelihoods(of token: Token, at time: Double, into values: inout MutableSpan<Double>)

    /// The probability of a token under the prior, the law that generation starts from.
    func priorProbability(of token: Token) -> Double

    /// Draws a token from the prior.
    func drawPrior(using generator: inout some RandomNumberGenerator) -> Token

    /// Noises a clean token up to time t.
    ///
    /// From equal states of the generator the results at all t lie on one path of the chain: what is drawn first
    /// belongs to the earliest noise. So common random numbers at two times couple them as the chain does.
    func noise(_ clean: Token, to time: Double, using generator: inout some RandomNumberGenerator) -> Token

    /// Draws the part of the step from t down to u < t that needs no x_0: whether the cell keeps its token in any case.
    ///
    /// `true` with the probability, at most, with which the bridge keeps the token under the x_0 least in favour.
    /// Sparing those cells a look at the posterior is what makes many small steps cheap.
    func keeps(
        _ token: Token, from time: Double, to target: Double,
        using generator: inout some RandomNumberGenerator
    ) -> Bool

    /// Draws x_u from the bridge `q(x_u | x_t = token, x_0 = clean)`, given that `keeps` has said `false`.
    func drawBridge(
        from token: Token, clean: Token, at time: Double, to target: Double,
        using generator: inout some RandomNumberGenerator
    ) -> Token

    /// The reverse rates of a cell at time t > 0 from its token x to every state y of the data:
    /// `beta(t) R(y, x) * sum over x_0 of p(x_0 | x_t) q_t(y | x_0) / q_t(x | x_0)`.
    ///
    /// - Parameters:
    ///   - posterior: `p(x_0 = . | x_t)`, `[S]`, summing to 1.
    ///   - rates: Receives the rates, `[S]`; 0 at x itself.
    /// - Returns: The sum of the rates.
    func reverseRates(
        from token: Token, posterior: Span<Double>, at time: Double, into rates: inout MutableSpan<Double>
    ) -> Double

    /// A bound that the sum of the reverse rates from a token does not exceed, whatever the posterior.
    func reverseRateBound(from token: Token, at time: Double) -> Double
}
