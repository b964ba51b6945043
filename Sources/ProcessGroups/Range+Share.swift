extension Range<Int> {
    /// The share of one of several workers: consecutive, in the order of the workers, as even as can be.
    ///
    /// - Parameters:
    ///   - worker: The worker, in `0 ..< workers`.
    ///   - workers: How many there are, at least 1.
    public func share(_ worker: Int, of workers: Int) -> Range<Int> {
        precondition((0..<workers).contains(worker), "worker \(worker) of \(workers)")
        return lowerBound + count * worker / workers..<lowerBound + count * (worker + 1) / workers
    }
}
