import DiscreteDiffusion

/// What is wrong with a file of schedules.
public struct ScheduleFileError: Error, Equatable, Sendable, CustomStringConvertible {
    /// The file, as the caller named it.
    public let file: String
    /// What is wrong with it.
    public let fault: Fault

    /// Creates an error.
    public init(file: String, fault: Fault) {
        self.file = file
        self.fault = fault
    }

    /// A kind of fault.
    public enum Fault: Equatable, Sendable {
        /// The bytes are no JSON, or a field is missing or of the wrong type; the decoder's words.
        case notReadable(String)
        /// `format` says something else.
        case format(String)
        /// A version that this program does not know.
        case version(Int)
        /// The file was made for another model, process, sampler or task.
        case mismatch(field: String, found: String, wanted: String)
        /// The file has no schedule at all.
        case empty
        /// The times of a schedule are wrong.
        case times(nfe: Int, ScheduleError)
        /// A schedule does not start at 1.
        case start(nfe: Int, Double)
        /// A schedule's number of intervals is not its `nfe`.
        case length(nfe: Int, intervals: Int)
        /// Two schedules have the same number of steps.
        case twice(nfe: Int)
        /// A cost is negative or not finite.
        case cost(nfe: Int, Double)
        /// The standard error of a cost is negative or not finite.
        case standardError(nfe: Int, Double)
        /// The curve's lists are of different lengths, or its times do not ascend from 0 to 1.
        case curve
        /// There is no schedule of that many steps.
        case noSuchSchedule(Int, available: [Int])
    }

    /// One line for the user.
    public var description: String { "\(file): \(fault.text)" }
}

extension ScheduleFileError.Fault {
    fileprivate var text: String {
        switch self {
        case .notReadable(let words): "not a file of schedules: \(words)"
        case .format(let found):
            "not a file of schedules: its format is \"\(found)\", not \"\(ScheduleFile.format)\""
        case .version(let version):
            "version \(version) of the format; this program reads version \(ScheduleFile.version)"
        case .mismatch(let field, let found, let wanted): "made for the \(field) \(found), not \(wanted)"
        case .empty: "there is no schedule in it"
        case .times(let nfe, let error): "the schedule of \(nfe) steps: \(error)"
        case .start(let nfe, let time): "the schedule of \(nfe) steps starts at \(time), not at 1"
        case .length(let nfe, let intervals): "the schedule of \(nfe) steps has \(intervals) intervals"
        case .twice(let nfe): "there are two schedules of \(nfe) steps"
        case .cost(let nfe, let cost): "the schedule of \(nfe) steps has the cost \(cost)"
        case .standardError(let nfe, let error):
            "the schedule of \(nfe) steps has the standard error \(error)"
        case .curve: "the curve needs times ascending from 0 to 1, a value and an error for each"
        case .noSuchSchedule(let steps, let available):
            "no schedule of \(steps) \(steps == 1 ? "step" : "steps")"
                + (available.isEmpty ? "" : "; there are those of \(Self.ranges(available))")
        }
    }

    /// Numbers in order, those that follow one another as a range: `1-4, 8, 16`.
    private static func ranges(_ numbers: [Int]) -> String {
        var ranges: [ClosedRange<Int>] = []
        for number in numbers.sorted() {
            if let last = ranges.last, number - last.upperBound == 1 {
                ranges[ranges.count - 1] = last.lowerBound...number
            } else {
                ranges.append(number...number)
            }
        }
        return ranges.map { $0.count == 1 ? "\($0.lowerBound)" : "\($0.lowerBound)-\($0.upperBound)" }
            .joined(separator: ", ")
    }
}
