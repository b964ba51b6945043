/// Standard errors over samples, those of one source together: they are not independent of each other.
enum Spread {
    /// The standard error of a sum whose terms deviate so from their means; infinite for a single source.
    static func errorOfSum(_ deviations: [Double], sources: [Int]) -> Double {
        var sums: [Int: Double] = [:]
        for (deviation, source) in zip(deviations, sources) { sums[source, default: 0] += deviation }
        let count = Double(sums.count)
        guard count > 1 else { return .infinity }
        // In order of source: sums of floating-point numbers depend on their order.
        let squares = sums.sorted { $0.key < $1.key }.reduce(0) { $0 + $1.value * $1.value }
        return (squares * count / (count - 1)).squareRoot()
    }

    /// The standard error of the mean of `values`; infinite for a single source.
    static func errorOfMean(_ values: [Double], sources: [Int]) -> Double {
        let mean = values.reduce(0, +) / Double(values.count)
        return errorOfSum(values.map { $0 - mean }, sources: sources) / Double(values.count)
    }
}
