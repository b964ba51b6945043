import DiscreteDiffusion

/// What a masked cell still holds: `h(t) = E[-log p(x^d | x_t)]` of a masked free cell, in nats, when each of the other
/// free cells is masked with probability t.
///
/// For absorbing noise the curve is all that a schedule's cost depends on. A step from s to u that decodes its cells in
/// parallel has the expected error
///
///     C(s, u) = D * integral from u to s of (h(s) - h(r)) dr
///
/// nats, D the number of free cells: what the cells are worth one by one at s, less what they are worth if decoded one
/// after another. With the exact denoiser this is the exact expected `KL( p(x_u | x_s) || product over cells )`, and the
/// KLUB of a step that freezes the posterior too (Chen, Cong, Li, arXiv 2511.04647; Park et al., arXiv 2410.07761, theorem
/// 3.2). Frozen rates, `p_s / s` for all of the step, cost `D * integral of (log(s/r) - 1 + r/s) dr` more.
public struct InformationCurve: Hashable, Sendable {
    /// The mean number of free cells, `D`.
    public let cellCount: Double

    private enum Shape: Hashable, Sendable {
        case interpolated(MonotoneCubic)
        case polynomial(BernsteinPolynomial)
    }
    private let shape: Shape

    /// Creates the curve through measured points: monotone cubic between them.
    ///
    /// The curve of any law rises with t. Where the values fall, noise made them: they are first replaced by the nearest
    /// values that do not (least squares, weighted: pool adjacent violators).
    ///
    /// - Parameters:
    ///   - cellCount: The mean number of free cells.
    ///   - times: Strictly ascending from 0 to 1.
    ///   - values: h at each time, nats.
    ///   - weights: How far to trust each value; equal if nil.
    /// - Throws: `CostError` if the times do not fit, or a number is not finite.
    public init(cellCount: Double, times: [Double], values: [Double], weights: [Double]? = nil)
        throws(CostError)
    {
        guard times.count >= 2, times.count == values.count, weights.map({ $0.count == times.count }) ?? true
        else {
            throw .pointCount(times: times.count, values: values.count)
        }
        guard times[0] == 0, times[times.count - 1] == 1,
            zip(times, times.dropFirst()).allSatisfy({ $0 < $1 })
        else { throw .times }
        guard cellCount >= 0, cellCount.isFinite else { throw .cellCount(cellCount) }
        for (index, value) in values.enumerated() {
            guard value.isFinite else { throw .value(value, time: times[index]) }
        }
        self.cellCount = cellCount
        let rising = Self.nearestRising(
            to: values, weights: weights ?? Array(repeating: 1, count: values.count))
        shape = .interpolated(MonotoneCubic(knots: times, values: rising))
    }

    /// Creates the exact curve of a law from its values by count.
    ///
    /// With every other cell masked independently the number of masked ones is binomial, so h is a polynomial of t.
    ///
    /// - Parameter lossByMaskedCount: Mean `-log p(x^d | the D - k cells shown)` of a masked cell, nats, when k = 1 ... D
    ///   cells are masked, all choices of k equally likely.
    /// - Precondition: `lossByMaskedCount` is not empty.
    public init(lossByMaskedCount: [Double]) {
        cellCount = Double(lossByMaskedCount.count)
        shape = .polynomial(BernsteinPolynomial(coefficients: lossByMaskedCount))
    }

    /// h(t), nats.
    public func value(at time: Double) -> Double {
        switch shape {
        case .interpolated(let curve): curve.value(at: time)
        case .polynomial(let curve): curve.value(at: time)
        }
    }

    /// The integral of h from 0 to t, nats.
    public func integral(to time: Double) -> Double {
        switch shape {
        case .interpolated(let curve): curve.integral(to: time)
        case .polynomial(let curve): curve.integral(to: time)
        }
    }

    /// The cost of a step from s down to u, nats; at least 0.
    public func cost(from time: Double, to target: Double) -> Double {
        cost(from: point(time), to: point(target))
    }

    /// What the cost of a step needs to know of an end of it.
    struct Point {
        let time: Double
        let value: Double
        let integral: Double
    }

    func point(_ time: Double) -> Point {
        Point(time: time, value: value(at: time), integral: integral(to: time))
    }

    func cost(from start: Point, to target: Point) -> Double {
        let parallel = (start.time - target.time) * start.value
        return cellCount * max(0, parallel - (start.integral - target.integral))
    }

    /// The cost of a schedule, nats: the sum over its steps.
    public func cost(of schedule: Schedule) -> Double {
        zip(schedule.times, schedule.times.dropFirst()).reduce(0) { $0 + cost(from: $1.0, to: $1.1) }
    }

    /// The nearest values that do not fall, by weighted least squares.
    private static func nearestRising(to values: [Double], weights: [Double]) -> [Double] {
        var blocks: [(value: Double, weight: Double, count: Int)] = []
        for (value, weight) in zip(values, weights) {
            var block = (value: value, weight: weight, count: 1)
            while let last = blocks.last, last.value > block.value {
                let weight = last.weight + block.weight
                let mean = (last.value * last.weight + block.value * block.weight) / weight
                block = (mean, weight, last.count + block.count)
                blocks.removeLast()
            }
            blocks.append(block)
        }
        return blocks.flatMap { Array(repeating: $0.value, count: $0.count) }
    }
}
