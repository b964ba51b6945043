/// Medians of repeated runs.
public enum Stopwatch {
    /// The median time of `runs` calls of `body`, seconds, after `warmups` that do not count.
    public static func median(runs: Int, warmups: Int = 3, _ body: () throws -> Void) rethrows -> Double {
        let clock = ContinuousClock()
        for _ in 0..<warmups { try body() }
        var times: [Double] = []
        for _ in 0..<max(1, runs) {
            let start = clock.now
            try body()
            times.append((clock.now - start) / .seconds(1))
        }
        times.sort()
        let middle = times.count / 2
        return times.count % 2 == 1 ? times[middle] : (times[middle - 1] + times[middle]) / 2
    }
}
