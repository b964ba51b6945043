import RealModule

/// How often each value was seen.
public struct Histogram: Hashable, Sendable {
    /// The counts by value; a value that was never seen has none.
    public private(set) var counts: [Int: Int] = [:]
    /// All counts together.
    public private(set) var total = 0

    /// Creates a histogram of values.
    public init(_ values: some Sequence<Int> = []) {
        for value in values { add(value) }
    }

    /// Counts a value.
    public mutating func add(_ value: Int, count: Int = 1) {
        guard count > 0 else { return }
        counts[value, default: 0] += count
        total += count
    }

    /// Counts all that another has counted.
    public mutating func merge(_ other: Histogram) {
        counts.merge(other.counts, uniquingKeysWith: +)
        total += other.total
    }

    /// The share of a value, 0...1.
    public func share(of value: Int) -> Double {
        total == 0 ? 0 : Double(counts[value] ?? 0) / Double(total)
    }

    /// The Jensen-Shannon distance: the square root of the divergence in bits, 0 for equal shares, 1 for none in common.
    ///
    /// With `m = (p + q) / 2` it is `sqrt((KL(p || m) + KL(q || m)) / 2)` (Endres and Schindelin 2003, by which it is a
    /// metric). Two samples of one law lie at a distance above 0 that falls with their size, so a figure needs the
    /// distance of real music of the same amount beside it.
    ///
    /// - Returns: nil if either is empty, where there is nothing to compare.
    public func jensenShannonDistance(to other: Histogram) -> Double? {
        guard total > 0, other.total > 0 else { return nil }
        let divergence = values(with: other).reduce(0.0) { sum, value in
            let (p, q) = (share(of: value), other.share(of: value))
            return sum + Self.term(p, p + q) + Self.term(q, p + q)
        }
        return min(1, max(0, divergence / 2).squareRoot())
    }

    /// The Hellinger distance, `sqrt(sum (sqrt p - sqrt q)^2) / sqrt 2`: 0 for equal shares, 1 for none in common.
    ///
    /// - Returns: nil if either is empty.
    public func hellingerDistance(to other: Histogram) -> Double? {
        guard total > 0, other.total > 0 else { return nil }
        let sum = values(with: other).reduce(0.0) { sum, value in
            let difference = share(of: value).squareRoot() - other.share(of: value).squareRoot()
            return sum + difference * difference
        }
        return min(1, (sum / 2).squareRoot())
    }

    /// The share of this histogram, 0...1, that lies on values the other never saw; nil if either is empty.
    public func shareOutside(_ other: Histogram) -> Double? {
        guard total > 0, other.total > 0 else { return nil }
        let outside = counts.reduce(0) { $0 + (other.counts[$1.key] == nil ? $1.value : 0) }
        return Double(outside) / Double(total)
    }

    /// The values of both in ascending order: sums then come out the same to the last bit in every run.
    private func values(with other: Histogram) -> [Int] {
        Set(counts.keys).union(other.counts.keys).sorted()
    }

    /// `p log2(p / m)` for a mean `m = sum / 2`, 0 at p = 0.
    private static func term(_ p: Double, _ sum: Double) -> Double {
        p > 0 ? p * .log2(2 * p / sum) : 0
    }
}
