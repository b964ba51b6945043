import RealModule

/// The bound on `-log p(x_0)` that training lowers, for any noise: the KL divergence of path measures
///
///     E_t E_{x_t} [ sum over cells, y != x_t of  Rhat_t(y) - r_t(y) log Rhat_t(y) + r_t(y) (log r_t(y) - 1) ]  +  KL(q_1 || prior)
///
/// with `Rhat_t` the reverse rates of the model from x_t and `r_t(y) = beta R(y, x_t) q_t(y | x_0) / q_t(x_t | x_0)` those that x_0
/// has; for absorbing noise it is `E_t [1/t sum over masked cells of -log p(x_0 | x_t)]`. (Campbell et al. 2022, arXiv
/// 2205.14987, proposition 2; Lou et al. 2024, arXiv 2310.16834, equation 9.)
extension ForwardProcess {
    /// What a cell adds to the bound at time t, nats a unit of time; at least 0, and infinite where the model excludes x_0.
    ///
    /// - Parameters:
    ///   - token: What the cell holds at t.
    ///   - clean: Its x_0.
    ///   - posterior: The model's `p(x_0 = . | x_t)`, `[S]`, summing to 1.
    ///   - time: Above 0.
    public func boundRate(
        of token: Token, clean: Token, posterior: Span<Double>, at time: Double
    ) -> Double {
        if hasMask && token != Token(stateCount) { return 0 }
        var certain = [Double](repeating: 0, count: stateCount)
        certain[Int(clean)] = 1
        var (model, data) = (certain, certain)
        var modelRates = model.mutableSpan
        _ = reverseRates(from: token, posterior: posterior, at: time, into: &modelRates)
        var dataRates = data.mutableSpan
        _ = reverseRates(from: token, posterior: certain.span, at: time, into: &dataRates)
        var sum = 0.0
        for state in 0..<stateCount where state != Int(token) {
            let (rate, wanted) = (model[state], data[state])
            sum += rate - wanted
            if wanted > 0 { sum += rate > 0 ? wanted * .log(wanted / rate) : .infinity }
        }
        return sum.isNaN ? .infinity : max(0, sum)
    }

    /// `KL(q_1(. | x_0) || prior)` of a cell: what it costs that generation starts from the prior, nats.
    public func priorDivergence(of clean: Token) -> Double {
        (0..<tokenCount).reduce(0) { sum, state in
            let share = marginal(of: Token(state), from: clean, at: 1)
            return share > 0 ? sum + share * .log(share / priorProbability(of: Token(state))) : sum
        }
    }
}
