import DiscreteDiffusion

/// The search of Jump Your Steps: from one step on, each interval is cut where that gains most, again and again.
///
/// For the interval (s, u) the cut t maximises `KLUB(Q^{s -> t -> u} || Q^{s -> u})`, what the coarse step loses against the
/// two fine ones, by golden-section search; all intervals are cut in one round, so that the numbers of steps are 1, 2, 4, 8, ...
/// Afterwards each time may be moved between its neighbours, in sweeps. (Jump Your Steps, arXiv 2410.07761, section 3.3.)
public struct GoldenSearch: Hashable, Sendable {
    /// How narrow, as a share of the interval, a cut is searched for.
    public var tolerance = 0.01 {
        didSet { precondition(tolerance > 0, "a tolerance of \(tolerance)") }
    }
    /// The time below which no cut is made, since the model is not to be trusted there; 0 for an exact one.
    public var earliest = 0.0 {
        didSet { precondition(0 <= earliest && earliest < 1, "no cuts below \(earliest)") }
    }
    /// How often all inner times are moved after the last round.
    public var sweeps = 0

    /// The search of the paper.
    public init() {}

    /// What a cut gains: `gain(s, t, u)` for s > t > u, nats. For costs that add up it is `C(s, u) - C(s, t) - C(t, u)`.
    public typealias Gain = (_ time: Double, _ cut: Double, _ target: Double) throws -> Double

    /// Searches schedules of 1, 2, 4, ... steps.
    ///
    /// - Parameters:
    ///   - limit: The most steps; the largest power of two that is no larger is the last.
    ///   - start: Where the noise starts, in (0, 1].
    ///   - gain: What a cut gains.
    /// - Returns: The schedules, the one of 1 step first. Empty if `limit` is below 1.
    /// - Throws: What `gain` throws.
    public func schedules(upTo limit: Int, start: Double = 1, gain: (Double, Double, Double) throws -> Double)
        rethrows -> [Schedule]
    {
        precondition(start > earliest && start <= 1, "start \(start)")
        guard limit >= 1 else { return [] }
        var times = [start, 0]
        var found = [Schedule(trusted: times)]
        while (times.count - 1) * 2 <= limit {
            var cut = [times[0]]
            for (time, target) in zip(times, times.dropFirst()) {
                cut.append(try best(from: time, to: target, gain: gain))
                cut.append(target)
            }
            times = cut
            var swept = times
            for _ in 0..<sweeps {
                for place in 1..<swept.count - 1 {
                    swept[place] = try best(from: swept[place - 1], to: swept[place + 1], gain: gain)
                }
            }
            found.append(Schedule(trusted: swept))
        }
        return found
    }

    /// The cut of an interval that gains most, by golden-section search.
    private func best(
        from time: Double, to target: Double, gain: (Double, Double, Double) throws -> Double
    ) rethrows -> Double {
        let ratio = 0.618_033_988_749_894_8
        var (low, high) = (max(target, earliest), time)
        var (left, right) = (high - ratio * (high - low), low + ratio * (high - low))
        var leftGain = try gain(time, left, target)
        var rightGain = try gain(time, right, target)
        let width = tolerance * (high - low)
        while high - low > width {
            if leftGain > rightGain {
                (high, right, rightGain) = (right, left, leftGain)
                left = high - ratio * (high - low)
                leftGain = try gain(time, left, target)
            } else {
                (low, left, leftGain) = (left, right, rightGain)
                right = low + ratio * (high - low)
                rightGain = try gain(time, right, target)
            }
        }
        return leftGain > rightGain ? left : right
    }
}
