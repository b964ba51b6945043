/// What keeps an experiment from its data.
public enum ExperimentError: Error, Equatable, Sendable, CustomStringConvertible {
    /// A line, counted from 1, that is no image and its label.
    case image(line: Int)
    /// Too few images to train on and to hold out.
    case imageCount(Int)
    /// Too little text to train on, to judge by and to hold out: the characters left of it, and how many are needed.
    case textLength(Int, needed: Int)

    /// One line for the user.
    public var description: String {
        switch self {
        case .image(let line): "line \(line) is not 64 levels from 0 to 16 and a digit, with commas between"
        case .imageCount(let count): "\(count) images; at least 100 are needed"
        case .textLength(let count, let needed):
            "\(count) letters and signs are left of the text; at least \(needed) are needed"
        }
    }
}
