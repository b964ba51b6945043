import DiscreteDiffusion
import RealModule

extension InformationCurve {
    /// The times at which a curve is worth measuring, ascending from 0 to 1.
    ///
    /// Near t = 1 nearly all cells are masked, and what counts is whether none, one or a few are shown: the curve bends
    /// where the expected number of shown cells, `D (1 - t)`, is of the order of 1. Farther down it is smooth in t. So the
    /// times stand at equal distances on a scale that is half `t` and half `log(1 + D (1 - t))`.
    ///
    /// - Parameters:
    ///   - count: How many times, at least 2; 64 do for the sequences tried.
    ///   - cellCount: The number of free cells of a sample, `D`.
    /// - Precondition: `count >= 2`, `cellCount > 0`.
    public static func measuringTimes(count: Int, cellCount: Double) -> [Double] {
        precondition(count >= 2 && cellCount > 0, "\(count) times for \(cellCount) cells")
        return places(count: count) { time in
            // Falls from 1 at t = 0 to 0 at t = 1.
            let shown = Double.log(onePlus: cellCount * (1 - time)) / .log(onePlus: cellCount)
            return 1 - (1 - time + shown) / 2
        }
    }

    /// The grid that schedules are searched on: equal steps on a scale that is half t and half h(t).
    ///
    /// Where the curve is steep an optimal schedule is dense; a grid with as much resolution there as elsewhere does not
    /// bind it.
    ///
    /// - Parameter count: How many times, at least 2.
    /// - Precondition: `count >= 2`.
    public func searchGrid(count: Int = 1024) -> Schedule {
        precondition(count >= 2, "a grid of \(count) times")
        let (low, high) = (value(at: 0), value(at: 1))
        let rising = Self.places(count: count) { time in
            high > low ? (time + (value(at: time) - low) / (high - low)) / 2 : time
        }
        return Schedule(trusted: rising.reversed())
    }

    /// Times from 0 to 1 that a rising scale, itself from 0 to 1, maps to equal distances; rounded to a millionth, so that
    /// files stay short, and without the duplicates that this may cause.
    private static func places(count: Int, scale: (Double) -> Double) -> [Double] {
        var times = [0.0]
        for index in 1..<max(count - 1, 1) {
            let wanted = Double(index) / Double(count - 1)
            var (low, high) = (times[times.count - 1], 1.0)
            for _ in 0..<40 {
                let middle = (low + high) / 2
                if scale(middle) < wanted { low = middle } else { high = middle }
            }
            let time = (high * 1e6).rounded() / 1e6
            if time > times[times.count - 1] && time < 1 { times.append(time) }
        }
        return times + [1]
    }
}
