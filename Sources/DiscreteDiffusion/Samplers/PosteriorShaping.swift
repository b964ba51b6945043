import RealModule

/// What is done to the denoiser's posterior before a sampler uses it: a temperature, then a nucleus.
///
/// Both act on `p(x_0^d | x_t)` of each cell, before rates or bridges are formed from it, so they mean the same for
/// every process and sampler. Anything but `.none` trades diversity for likelihood and leaves the model's law.
public struct PosteriorShaping: Hashable, Sendable {
    /// The exponent's divisor: probabilities are raised to `1 / temperature` and renormalised. Below 1 sharpens, above
    /// 1 flattens; 0 takes the likeliest state, the lowest of equals.
    public let temperature: Double
    /// The nucleus: only the likeliest states that together hold at least this much probability are kept; 1 keeps all.
    public let topP: Double

    /// The posterior as it is.
    public static let none = PosteriorShaping(unchecked: 1, topP: 1)

    /// Creates a shaping.
    ///
    /// - Throws: `SamplingError` if `temperature` is negative or not finite, or `topP` not in (0, 1].
    public init(temperature: Double = 1, topP: Double = 1) throws(SamplingError) {
        guard temperature >= 0 && temperature.isFinite else { throw .temperature(temperature) }
        guard topP > 0 && topP <= 1 else { throw .topP(topP) }
        self.init(unchecked: temperature, topP: topP)
    }

    private init(unchecked temperature: Double, topP: Double) {
        self.temperature = temperature
        self.topP = topP
    }

    /// Turns the logits of one cell into shaped weights.
    ///
    /// - Parameters:
    ///   - logits: `[S]`.
    ///   - weights: Receives the weights, `[S]`, the largest at most 1.
    ///   - order: Room for S indices.
    /// - Returns: The sum of the weights, or nil if the logits say nothing: a NaN, +infinity, or all -infinity.
    func apply(
        _ logits: Span<Double>, into weights: inout MutableSpan<Double>, order: inout [Int]
    ) -> Double? {
        var best = 0
        for state in 1..<logits.count where logits[state] > logits[best] { best = state }
        let highest = logits[best]
        guard highest.isFinite else { return nil }
        if temperature == 0 {
            for state in 0..<logits.count {
                if logits[state].isNaN { return nil }
                weights[state] = 0
            }
            weights[best] = 1
            return 1
        }
        var total = 0.0
        for state in 0..<logits.count {
            let weight = Double.exp((logits[state] - highest) / temperature)
            weights[state] = weight
            total += weight
        }
        guard total.isFinite else { return nil }
        return topP < 1 ? keepNucleus(of: &weights, total: total, order: &order) : total
    }

    /// Sets the weights outside the nucleus to 0 and returns the sum of those inside.
    private func keepNucleus(
        of weights: inout MutableSpan<Double>, total: Double, order: inout [Int]
    ) -> Double {
        let count = weights.count
        for state in 0..<count { order[state] = state }
        var (kept, size) = (0.0, 0)
        while size < count && kept < topP * total {
            // Selection sort, as far as the nucleus goes: as a rule a few states, and no allocation.
            var best = size
            for other in size + 1..<count {
                let (weight, highest) = (weights[order[other]], weights[order[best]])
                if weight > highest || (weight == highest && order[other] < order[best]) { best = other }
            }
            order.swapAt(size, best)
            kept += weights[order[size]]
            size += 1
        }
        for rest in size..<count { weights[order[rest]] = 0 }
        return kept
    }
}
