import RealModule

/// The times at which a sampler calls the denoiser: `t_0 > t_1 > ... > t_N = 0`.
///
/// The denoiser is called at `t_0 ... t_{N-1}`, so N intervals are N calls for a sampler with one call a step.
public struct Schedule: Hashable, Sendable {
    /// The times, `[N + 1]`, falling from at most 1 to 0.
    public let times: [Double]

    /// The number of intervals, `N`.
    public var stepCount: Int { times.count - 1 }

    /// Where it starts, `t_0`: 1 unless the task fixes part of the noise.
    public var start: Double { times[0] }

    /// Creates a schedule from its times.
    ///
    /// - Throws: `ScheduleError` if there are fewer than two times, if one is not a number in 0...1, if they do not
    ///   fall strictly, or if the last is not 0.
    public init(times: [Double]) throws(ScheduleError) {
        guard times.count >= 2 else { throw .tooShort(count: times.count) }
        for (index, time) in times.enumerated() {
            guard time >= 0 && time <= 1 else { throw .outOfRange(index: index, time: time) }
            guard index == 0 || time < times[index - 1] else {
                throw .notFalling(index: index, time: time, previous: times[index - 1])
            }
        }
        guard times[times.count - 1] == 0 else { throw .endsAbove0(time: times[times.count - 1]) }
        self.times = times
    }

    /// Creates a schedule from times that are known to fall from at most 1 to 0.
    package init(trusted times: [Double]) {
        self.times = times
    }

    /// Equal steps: `t_i = start (1 - i/N)`.
    ///
    /// - Throws: `ScheduleError` if `stepCount` is not in 1...1,000,000 or `start` not in (0, 1].
    public static func uniform(_ stepCount: Int, start: Double = 1) throws(ScheduleError) -> Schedule {
        try Schedule(stepCount: stepCount, start: start) { 1 - $0 }
    }

    /// Small steps first: `t_i = start cos(pi/2 i/N)`.
    ///
    /// For absorbing noise t is the masked share, and this is the schedule of MaskGIT (Chang et al. 2022,
    /// arXiv 2202.04200, section 3.3).
    ///
    /// - Throws: `ScheduleError` if `stepCount` is not in 1...1,000,000 or `start` not in (0, 1].
    public static func cosine(_ stepCount: Int, start: Double = 1) throws(ScheduleError) -> Schedule {
        try Schedule(stepCount: stepCount, start: start) { .cos(.pi / 2 * $0) }
    }

    /// Creates a schedule from the time, as a share of `start`, that follows each share of the steps.
    private init(stepCount: Int, start: Double, share: (Double) -> Double) throws(ScheduleError) {
        guard (1...1_000_000).contains(stepCount) else { throw .stepCount(stepCount) }
        guard start > 0 && start <= 1 else { throw .outOfRange(index: 0, time: start) }
        let times = (0...stepCount).map { step in
            // The cosine of pi/2 is 6e-17 in floating point; the end is 0 by definition.
            step == stepCount ? 0 : start * share(Double(step) / Double(stepCount))
        }
        try self.init(times: times)
    }
}

/// What is wrong with the times of a schedule.
public enum ScheduleError: Error, Equatable, Sendable, CustomStringConvertible {
    /// A number of steps that is not in 1...1,000,000.
    case stepCount(Int)
    /// Fewer than two times.
    case tooShort(count: Int)
    /// A time that is not in 0...1, or not a number.
    case outOfRange(index: Int, time: Double)
    /// A time that is not below the one before it.
    case notFalling(index: Int, time: Double, previous: Double)
    /// The last time is not 0.
    case endsAbove0(time: Double)

    /// One line for the user.
    public var description: String {
        switch self {
        case .stepCount(let count): "a schedule of \(count) steps: give a number from 1 to 1000000"
        case .tooShort(let count): "a schedule needs at least two times, a start and 0; it has \(count)"
        case .outOfRange(let index, let time): "time \(index) of the schedule is \(time), not in 0...1"
        case .notFalling(let index, let time, let previous):
            "time \(index) of the schedule is \(time), not below the one before it, \(previous)"
        case .endsAbove0(let time): "the schedule ends at \(time), not at 0: noise would be left"
        }
    }
}
