import DiscreteDiffusion

/// A figure and its 95 % interval.
public struct Estimate: Hashable, Sendable, Codable {
    /// The figure.
    public let mean: Double
    /// Half the width of the 95 % interval about it, nil where one value tells nothing of the spread.
    public let halfWidth: Double?
    /// Over how many values (seeds, or pieces) it was taken.
    public let count: Int

    /// Creates an estimate.
    public init(mean: Double, halfWidth: Double?, count: Int) {
        self.mean = mean
        self.halfWidth = halfWidth
        self.count = count
    }

    /// The interval, nil where there is none.
    public var interval: ClosedRange<Double>? { halfWidth.map { mean - $0...mean + $0 } }

    /// The mean of independent values, such as one a seed, with Student's interval.
    ///
    /// - Returns: nil for no values.
    public init?(seeds values: [Double]) {
        guard !values.isEmpty else { return nil }
        let mean = values.reduce(0, +) / Double(values.count)
        self.init(
            mean: mean,
            halfWidth: Self.standardDeviation(values).map {
                Self.studentQuantile(freedom: values.count - 1) * $0 / Double(values.count).squareRoot()
            },
            count: values.count)
    }

    /// A statistic of pieces, with 1.96 standard errors found by resampling the pieces.
    ///
    /// The interval is centred on the statistic of the pieces themselves: distances between samples grow when pieces
    /// are drawn twice, and an interval of percentiles would lie above the figure.
    ///
    /// - Parameters:
    ///   - pieces: What is drawn from, with replacement.
    ///   - resamples: How often.
    ///   - seed: What the draws come from.
    ///   - statistic: The figure of a list of pieces, nil where it has none.
    /// - Returns: nil if the pieces have no such figure.
    public init?<Piece>(
        bootstrapOver pieces: [Piece], resamples: Int = 200, seed: UInt64,
        statistic: ([Piece]) -> Double?
    ) {
        guard !pieces.isEmpty, let value = statistic(pieces) else { return nil }
        var draws: [Double] = []
        for index in 0..<max(0, resamples) {
            var generator = CounterGenerator(seed: seed, for: .cost, stream: UInt64(index))
            let drawn = pieces.map { _ in pieces[generator.drawIndex(below: pieces.count)] }
            if let draw = statistic(drawn) { draws.append(draw) }
        }
        let error = pieces.count > 1 ? Self.standardDeviation(draws) : nil
        self.init(mean: value, halfWidth: error.map { 1.96 * $0 }, count: pieces.count)
    }

    /// The standard deviation of a sample (divisor n - 1), nil for fewer than two values.
    private static func standardDeviation(_ values: [Double]) -> Double? {
        guard values.count > 1 else { return nil }
        let mean = values.reduce(0, +) / Double(values.count)
        let squares = values.reduce(0) { $0 + ($1 - mean) * ($1 - mean) }
        return (squares / Double(values.count - 1)).squareRoot()
    }

    /// The 97.5 % quantile of Student's t with some degrees of freedom, at least 1.
    ///
    /// From the printed tables up to 10; above, the expansion about the normal quantile z in powers of 1/freedom
    /// (Abramowitz and Stegun 26.7.5), right to 2e-4 there.
    package static func studentQuantile(freedom: Int) -> Double {
        let table = [12.7062, 4.3027, 3.1824, 2.7764, 2.5706, 2.4469, 2.3646, 2.3060, 2.2622, 2.2281]
        if freedom <= table.count { return table[max(1, freedom) - 1] }
        let (z, n) = (1.959964, Double(freedom))
        let (z3, z5, z7) = (z * z * z, z * z * z * z * z, z * z * z * z * z * z * z)
        let first = (z3 + z) / 4
        let second = (5 * z5 + 16 * z3 + 3 * z) / 96
        let third = (3 * z7 + 19 * z5 + 17 * z3 - 15 * z) / 384
        return z + first / n + second / (n * n) + third / (n * n * n)
    }
}
