extension ForwardProcess {
    /// The token MASK, if the process has one.
    public var mask: Token? { hasMask ? Token(stateCount) : nil }

    /// False, unless the process says otherwise.
    public var isOrdered: Bool { false }

    /// The number of tokens a noised cell can hold: S, and one more with a mask.
    public var tokenCount: Int { stateCount + (hasMask ? 1 : 0) }

    /// The marginal `q_t(y | x_0)`: what is left of a clean token at time t.
    public func marginal(of noised: Token, from clean: Token, at time: Double) -> Double {
        transition(from: clean, to: noised, between: 0, and: time)
    }

    /// How many of n free cells noise has changed by t where their number is fixed:
    /// `n (1 - alpha(t)) / (1 - alpha(1))`, rounded; none at t = 0.
    public func changedCells(of count: Int, at time: Double) -> Int {
        let share = (1 - survival(at: time)) / (1 - survival(at: 1))
        return time > 0 ? Int((Double(count) * share).rounded()) : 0
    }

    /// `q_t(token | x_0)` for every x_0, one by one.
    public func likelihoods(of token: Token, at time: Double, into values: inout MutableSpan<Double>) {
        for state in 0..<stateCount { values[state] = marginal(of: token, from: Token(state), at: time) }
    }

    /// The bridge `q(x_u = y | x_t = x, x_0) = q_u(y | x_0) q_{t|u}(x | y) / q_t(x | x_0)`, for u <= t; 0 where x_0
    /// cannot have become x.
    public func bridge(
        to result: Token, from token: Token, clean: Token, at time: Double, to target: Double
    ) -> Double {
        let evidence = marginal(of: token, from: clean, at: time)
        guard evidence > 0 else { return 0 }
        return marginal(of: result, from: clean, at: target)
            * transition(from: result, to: token, between: target, and: time) / evidence
    }

    /// Noises the free cells of a sample up to time t.
    ///
    /// Each cell draws from a substream of its own, so that the noised samples at all times under one seed and stream
    /// lie on one path, and so that making one cell known leaves the noise of the others as it was.
    ///
    /// - Parameters:
    ///   - clean: The sample, `[D]`, tokens below S; D at most 2^24.
    ///   - time: The noise level, 0...1.
    ///   - known: Cells to be left as they are, `[D]`; nil if all are free.
    ///   - seed: The seed of the noise.
    ///   - stream: As a rule the index of the sample.
    /// - Precondition: `known` has a value for every cell.
    public func noised(
        _ clean: some RandomAccessCollection<Token>, to time: Double, known: [Bool]? = nil, seed: UInt64,
        stream: UInt64
    ) -> [Token] {
        precondition(
            known == nil || known?.count == clean.count, "a known-flag for each of \(clean.count) cells")
        return clean.enumerated().map { cell, token in
            if let known, known[cell] { return token }
            var generator = CounterGenerator(seed: seed, for: .noise, stream: stream, substream: cell)
            return noise(token, to: time, using: &generator)
        }
    }
}
