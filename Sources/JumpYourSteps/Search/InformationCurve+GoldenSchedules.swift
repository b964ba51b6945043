import DiscreteDiffusion

extension InformationCurve {
    /// Schedules of 1, 2, 4, ... steps as `GoldenSearch` finds them, a cut gaining `C(s, u) - C(s, t) - C(t, u)`.
    ///
    /// - Parameters:
    ///   - limit: The most steps.
    ///   - search: The search; that of the paper with two sweeps unless given.
    /// - Returns: The schedules with their costs, nats. Times are multiples of a millionth.
    public func goldenSchedules(upTo limit: Int, search: GoldenSearch? = nil) -> [CostedSchedule] {
        var usual = GoldenSearch()
        usual.sweeps = 2
        let found = (search ?? usual).schedules(upTo: limit) { time, cut, target in
            let (start, middle, end) = (point(time), point(cut), point(target))
            return cost(from: start, to: end) - cost(from: start, to: middle) - cost(from: middle, to: end)
        }
        return found.map { schedule in
            let rounded = schedule.times.map { ($0 * 1e6).rounded() / 1e6 }
            let falls = zip(rounded, rounded.dropFirst()).allSatisfy { $0 > $1 }
            let kept = falls ? Schedule(trusted: rounded) : schedule
            return CostedSchedule(schedule: kept, cost: cost(of: kept))
        }
    }
}
