import DiscreteDiffusion
import RealModule

/// The errors of a step and their bounds, by enumeration from their definitions.
extension NoisedLaw {
    /// The compounding decoding error of a step: the expected `KL( p(x_u | x_s) || product over cells )`, nats.
    public func decodingError(from time: Double, to target: Double) -> Double {
        let earlier = law(at: target)
        return zip(samples, law(at: time)).reduce(0) { sum, entry in
            guard entry.1 > 0 else { return sum }
            let joint = reverseLaw(of: entry.0, at: time, to: target, targetLaw: earlier)
            return sum + entry.1 * divergence(joint, from: product(of: cellLaws(joint)))
        }
    }

    /// The divergence, per unit of time at r, of the true reverse rates from those that a step frozen at s has:
    /// `E sum over cells, y != x_r of  R_r log(R_r / F) - R_r + F`.
    ///
    /// - Parameter freezesRates: Whether F are the rates at s, jumps to where the cell was at s left out; or else the rates at
    ///   r under the posterior at s.
    public func rateDivergence(at time: Double, frozenAt start: Double, freezesRates: Bool) throws -> Double {
        let all = samples
        let fine = try all.map { try posteriors(of: $0, at: time) }
        let coarse = try all.map { try posteriors(of: $0, at: start) }
        var sum = 0.0
        for (here, probability) in law(at: time).enumerated() where probability > 0 {
            for there in all.indices {
                let weight =
                    probability
                    * zip(all[here], all[there]).reduce(1) {
                        $0 * process.transition(from: $1.0, to: $1.1, between: time, and: start)
                    }
                guard weight > 0 else { continue }
                for cell in 0..<table.cellCount {
                    let (now, before) = (all[here][cell], all[there][cell])
                    let frozen =
                        freezesRates
                        ? coarse[there][cell] : tilted(coarse[there][cell], before, start, now, time)
                    for other in 0..<table.stateCount where other != Int(now) {
                        if freezesRates && other == Int(before) { continue }
                        let rate = reverseRate(
                            from: now, to: Token(other), posterior: fine[here][cell], at: time)
                        let kept =
                            freezesRates
                            ? process.hasMask && now != process.mask
                                ? 0
                                : reverseRate(from: before, to: Token(other), posterior: frozen, at: start)
                            : reverseRate(from: now, to: Token(other), posterior: frozen, at: time)
                        if rate > 0 { sum += weight * rate * .log(rate / kept) }
                        sum += weight * (kept - rate)
                    }
                }
            }
        }
        return sum
    }

    /// The law of x_0 that is `posterior` given a token at s, given the token at r in its place.
    private func tilted(
        _ posterior: [Double], _ before: Token, _ start: Double, _ now: Token, _ time: Double
    ) -> [Double] {
        let weights = posterior.enumerated().map { clean, probability -> Double in
            let evidence = process.marginal(of: before, from: Token(clean), at: start)
            return evidence > 0
                ? probability / evidence * process.marginal(of: now, from: Token(clean), at: time) : 0
        }
        let total = weights.reduce(0, +)
        return total > 0 ? weights.map { $0 / total } : posterior
    }

    /// The KL divergence of path measures of a step that freezes the posterior at s: the integral of `rateDivergence`, by
    /// the midpoint rule in the cube root of `r - u`, since near u = 0 the rates of uniform noise change ever faster.
    public func pathDivergence(from time: Double, to target: Double, points: Int = 32) throws -> Double {
        try (0..<points).reduce(0) { sum, index in
            let root = (Double(index) + 0.5) / Double(points)
            let middle = target + (time - target) * root * root * root
            return try sum
                + (time - target) * 3 * root * root / Double(points)
                * rateDivergence(at: middle, frozenAt: time, freezesRates: false)
        }
    }
}
