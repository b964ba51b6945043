import DiscreteDiffusion

/// Optimised schedules for one model, process, sampler and task, with what made them: the contents of a file.
///
/// The format is JSON, documented in `docs/method.md`. Nothing here touches the file system: `ScheduleFile+JSON.swift`
/// checks and turns bytes into this, and back.
public struct ScheduleFile: Hashable, Sendable, Decodable {
    /// What `format` says in every such file.
    public static let format = "pianojys-schedules"
    /// The version of the format that this program writes and reads.
    public static let version = 1

    /// The model the schedules are for.
    public var model: String
    /// The task: `generate`, `continue`, `harmonise`, `infill`.
    public var task: String
    /// The process' name.
    public var process: String
    /// The sampler's name.
    public var sampler: String
    /// The search: `dp` or `golden`; under KLUB what was frozen too: `dp, frozen rates`.
    public var method: String
    /// What it was measured on, such as the name of a corpus; nil in a file that does not say.
    public var data: String?
    /// The seed of the measurement.
    public var seed: UInt64
    /// How many samples of data it used.
    public var samples: Int
    /// How many noised samples the denoiser was given for all the schedules together.
    public var denoiserCalls: Int
    /// The curve the costs come from, if they do.
    public var curve: Curve?
    /// The schedules, in order of their number of steps.
    public var schedules: [Entry]

    /// A measured information curve.
    public struct Curve: Hashable, Sendable, Codable {
        /// The mean number of free cells.
        public var cells: Double
        /// Times, ascending from 0 to 1.
        public var times: [Double]
        /// h at each time, nats.
        public var values: [Double]
        /// The standard error of each value, nats.
        public var standardErrors: [Double]
    }

    /// A schedule of some number of steps.
    public struct Entry: Hashable, Sendable, Codable {
        /// Calls of the denoiser, N.
        public var nfe: Int
        /// The times, from 1 to 0, `[N + 1]`.
        public var times: [Double]
        /// What the schedule costs, nats, on the very measurement it was searched on: a little too good. For a sampler with an order of its
        /// own, what it says of a sample in all (`RevealMeasurement`).
        public var cost: Double
        /// What the uniform schedule of as many steps costs, nats.
        public var uniformCost: Double
        /// How well these costs are known; nil in a file that does not say.
        public var standardErrors: CostErrors?
    }
}

extension ScheduleFile {
    /// A way to search schedules.
    public enum Method: String, CaseIterable, Sendable {
        /// Dynamic programming: the best schedule of every number of steps.
        case dp
        /// The search of the paper (`GoldenSearch`): of 1, 2, 4, ... steps, each cut out of the one before.
        case golden
    }

    /// Searches schedules under a measured curve of absorbing noise.
    ///
    /// - Parameters:
    ///   - model: The model's name.
    ///   - task: The task's name.
    ///   - sampler: The sampler's name.
    ///   - measurement: The measured curve.
    ///   - method: How to search.
    ///   - limit: The largest number of steps, 1...512.
    /// - Throws: `CostError` if `limit` is out of range or a value of the curve is not finite.
    public init(
        model: String, task: String, sampler: String, measurement: InformationCurveMeasurement,
        method: Method = .dp, upTo limit: Int = 64
    ) throws(CostError) {
        guard (1...512).contains(limit) else { throw .stepLimit(limit) }
        let curve = try measurement.curve()
        let found =
            switch method {
            case .dp: curve.optimalSchedules(upTo: limit)
            case .golden: curve.goldenSchedules(upTo: limit)
            }
        let uniform = found.map { found in
            let steps = found.schedule.stepCount
            return Schedule(trusted: (0...steps).reversed().map { Double($0) / Double(steps) })
        }
        let errors = measurement.errors(of: found.map(\.schedule), against: uniform)
        self.init(
            model: model, task: task, process: "absorbing", sampler: sampler, method: method.rawValue,
            seed: measurement.seed, samples: measurement.sampleCount,
            denoiserCalls: measurement.denoiserCalls,
            curve: Curve(
                cells: measurement.cellCount, times: measurement.times, values: measurement.values,
                standardErrors: measurement.standardErrors),
            schedules: zip(zip(found, uniform), errors).map { schedules, errors in
                let (found, uniform) = schedules
                return Entry(
                    nfe: uniform.stepCount, times: found.schedule.times, cost: found.cost,
                    uniformCost: curve.cost(of: uniform), standardErrors: errors)
            })
    }

    /// The schedule of N steps.
    ///
    /// - Throws: `ScheduleFileError.noSuchSchedule`.
    public func schedule(stepCount: Int) throws(ScheduleFileError) -> Schedule {
        guard let entry = schedules.first(where: { $0.nfe == stepCount }) else {
            throw ScheduleFileError(
                file: "the schedules for \(model), \(task)",
                fault: .noSuchSchedule(stepCount, available: schedules.map(\.nfe)))
        }
        do {
            return try Schedule(times: entry.times)
        } catch {
            throw ScheduleFileError(
                file: "the schedules for \(model), \(task)", fault: .times(nfe: entry.nfe, error))
        }
    }
}
