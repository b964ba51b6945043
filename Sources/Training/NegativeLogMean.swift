import RealModule

extension Collection<Double> {
    /// `-log` of the mean of `exp(-loss)`: what several models say of one thing, together. Infinite if all losses are.
    ///
    /// - Precondition: There is one at least.
    var negativeLogMean: Double {
        guard let least = self.min() else { preconditionFailure("the mean of no losses") }
        guard least.isFinite else { return least }
        return least - .log(reduce(0) { $0 + .exp(least - $1) } / Double(count))
    }
}
