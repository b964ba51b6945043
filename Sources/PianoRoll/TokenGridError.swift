/// Why a grid cannot be read or converted.
public enum TokenGridError: Error, Hashable, Sendable, CustomStringConvertible {
    /// A note has no token in the vocabulary asked for.
    case pitchOutOfRange(UInt8, step: Int, lane: Int)
    /// The text is no JSON, or not that of a grid; `place` is the way of keys to the fault.
    case malformed(place: String, problem: String)

    /// One line that says what is wrong and where.
    public var description: String {
        switch self {
        case .pitchOutOfRange(let pitch, let step, let lane):
            "the note at step \(step) of lane \(lane) is out of range: pitch \(pitch)"
        case .malformed(let place, let problem):
            "not a grid in JSON" + (place.isEmpty ? "" : ", at \(place)") + ": \(problem)"
        }
    }
}
