import RealModule

// The standard library does not promise that `Double.random(in:using:)` and its kin use the generator the same way
// in every version. A seed must give the same notes for ever, so these do, and one number each is all they take.
extension RandomNumberGenerator {
    /// A draw from the uniform law on [0, 1): a multiple of 2^-53.
    @inlinable
    public mutating func drawUnit() -> Double {
        Double(next() >> 11) * 0x1p-53
    }

    /// A draw from the uniform law on `0 ..< count`, its bias below `count` x 2^-64.
    ///
    /// - Precondition: `count > 0`.
    @inlinable
    public mutating func drawIndex(below count: Int) -> Int {
        precondition(count > 0, "a draw from \(count) values")
        return Int(next().multipliedFullWidth(by: UInt64(count)).high)
    }

    /// A draw from the exponential law of mean 1, at least 0 and finite.
    @inlinable
    public mutating func drawExponential() -> Double {
        -Double.log(onePlus: -drawUnit())
    }

    /// A draw from the Poisson law: exponential gaps are counted; of a mean above 1,000 it is the normal law's next whole number.
    ///
    /// - Parameter mean: 0 to 1e15.
    public mutating func drawPoisson(mean: Double) -> Int {
        if mean > 1_000 {
            let radius = (2 * drawExponential()).squareRoot()
            return Int(max(0, mean + mean.squareRoot() * radius * .cos(2 * .pi * drawUnit())).rounded())
        }
        var (count, clock) = (0, drawExponential())
        while clock < mean {
            count += 1
            clock += drawExponential()
        }
        return count
    }

    /// A draw of an index with probability in proportion to its weight.
    ///
    /// - Parameters:
    ///   - weights: Finite, none negative.
    ///   - total: Their sum, above 0.
    @inlinable
    public mutating func drawIndex(weights: Span<Double>, total: Double) -> Int {
        var rest = drawUnit() * total
        var last = 0
        for index in 0..<weights.count where weights[index] > 0 {
            rest -= weights[index]
            if rest < 0 { return index }
            // Rounding may leave a crumb of `rest` after the last weight.
            last = index
        }
        return last
    }

    /// A uniformly drawn order of `0 ..< count` (Fisher and Yates).
    public mutating func drawOrder(of count: Int) -> [Int] {
        var order = Array(0..<count)
        for last in stride(from: count - 1, to: 0, by: -1) {
            order.swapAt(last, drawIndex(below: last + 1))
        }
        return order
    }
}
