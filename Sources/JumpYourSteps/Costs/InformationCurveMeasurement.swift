import DiscreteDiffusion
import RealModule

/// An information curve as measured with a denoiser on data: its points, their errors, and what they took.
public struct InformationCurveMeasurement: Sendable {
    /// The times, `[G]`, ascending from 0 to 1.
    public let times: [Double]
    /// The mean of `-log p(x^d | x_t)` over masked cells at each time, `[G]`, nats.
    public let values: [Double]
    /// The standard error of each value, `[G]`, nats: over the samples, or over their sources where several are of one.
    public let standardErrors: [Double]
    /// The mean number of free cells of a sample.
    public let cellCount: Double
    /// The number of samples.
    public let sampleCount: Int
    /// How many noised samples the denoiser has been given: one a sample and time.
    public let denoiserCalls: Int
    /// The seed of the noise.
    public let seed: UInt64

    /// Each sample's own points, `[sampleCount, G]`, nats a masked cell.
    private let points: [Double]
    /// The number of free cells of each sample.
    private let freeCounts: [Double]
    /// What each sample is of: samples of one source are not independent.
    private let sources: [Int]

    init(times: [Double], points: [Double], freeCounts: [Double], sources: [Int], seed: UInt64) {
        let (count, grid) = (freeCounts.count, times.count)
        let cells = freeCounts.reduce(0, +)
        // A sample counts as its free cells do: the cost of a step is a sum over cells.
        let values = (0..<grid).map { time in
            (0..<count).reduce(0) { $0 + freeCounts[$1] * points[$1 * grid + time] } / cells
        }
        self.times = times
        self.values = values
        standardErrors = (0..<grid).map { time in
            let deviations = (0..<count).map { sample in
                freeCounts[sample] * (points[sample * grid + time] - values[time])
            }
            return Spread.errorOfSum(deviations, sources: sources) / cells
        }
        cellCount = cells / Double(count)
        sampleCount = count
        denoiserCalls = count * grid
        self.seed = seed
        self.points = points
        self.freeCounts = freeCounts
        self.sources = sources
    }

    /// The curve through the points.
    ///
    /// - Throws: `CostError` if a value is not finite.
    public func curve() throws(CostError) -> InformationCurve {
        try InformationCurve(cellCount: cellCount, times: times, values: values)
    }

    /// The standard error, over the samples or their sources, of what a schedule costs, nats.
    ///
    /// The samples' noise is common to all times, so most of the curve's error cancels in the differences a cost is made
    /// of: this is far below what `standardErrors` would suggest.
    public func standardError(of schedule: Schedule) -> Double {
        Spread.errorOfMean(sampleCosts(of: [schedule])[0], sources: sources)
    }

    /// The errors of what schedules cost beside uniform ones.
    func errors(of schedules: [Schedule], against uniform: [Schedule]) -> [CostErrors] {
        zip(sampleCosts(of: schedules), sampleCosts(of: uniform)).map {
            CostErrors(costs: $0, uniformCosts: $1, sources: sources)
        }
    }

    /// What each schedule costs on each sample's own points, nats.
    private func sampleCosts(of schedules: [Schedule]) -> [[Double]] {
        let grid = times.count
        var costs = schedules.map { _ in Array(repeating: 0.0, count: sampleCount) }
        for sample in 0..<sampleCount {
            let curve = MonotoneCubic(
                knots: times, values: Array(points[sample * grid..<(sample + 1) * grid]))
            for (index, schedule) in schedules.enumerated() {
                costs[index][sample] =
                    freeCounts[sample]
                    * zip(schedule.times, schedule.times.dropFirst()).reduce(0) { sum, step in
                        let parallel = (step.0 - step.1) * curve.value(at: step.0)
                        return sum + parallel - (curve.integral(to: step.0) - curve.integral(to: step.1))
                    }
            }
        }
        return costs
    }
}
