/// How far a set of feature vectors lies from another: the squared maximum mean discrepancy under `k(x, y) = (x . y / d + 1)^3`, without
/// bias.
///
/// Like the Fréchet distance of features it is 0 for one law; unlike that it is right for few samples, and then it may come out below 0.
/// (Bińkowski et al. 2018, arXiv 1801.01401: the kernel inception distance.)
package struct KernelDistance {
    private let reference: [[Double]]
    private let scale: Double
    private let within: Double

    /// Prepares the distances to a set.
    ///
    /// - Parameter reference: Vectors, `[n, d]`, at least two; all are divided by the root of their mean square.
    package init(to reference: [[Double]]) {
        precondition(reference.count >= 2, "\(reference.count) vectors")
        let squares = reference.reduce(0) { $0 + $1.reduce(0) { $0 + $1 * $1 } / Double($1.count) }
        let scale = squares > 0 ? (Double(reference.count) / squares).squareRoot() : 1
        self.scale = scale
        self.reference = reference.map { $0.map { $0 * scale } }
        within = Self.meanWithin(self.reference)
    }

    /// The distance of a set of at least two vectors.
    package func callAsFunction(_ vectors: [[Double]]) -> Double {
        precondition(vectors.count >= 2, "\(vectors.count) vectors")
        let scaled = vectors.map { $0.map { $0 * scale } }
        var between = 0.0
        for one in scaled { for other in reference { between += Self.kernel(one, other) } }
        return Self.meanWithin(scaled) + within
            - 2 * between / Double(scaled.count) / Double(reference.count)
    }

    private static func meanWithin(_ vectors: [[Double]]) -> Double {
        var sum = 0.0
        for (index, one) in vectors.enumerated() {
            for other in vectors[..<index] { sum += kernel(one, other) }
        }
        return 2 * sum / Double(vectors.count) / Double(vectors.count - 1)
    }

    private static func kernel(_ one: [Double], _ other: [Double]) -> Double {
        var product = 0.0
        for place in one.indices { product += one[place] * other[place] }
        let base = product / Double(one.count) + 1
        return base * base * base
    }
}
