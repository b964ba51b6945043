/// Why a corpus cannot be written.
public enum CorpusEncodingError: Error, Hashable, Sendable {
    /// Two pieces have one name.
    case duplicateName(String)
    /// A group's pieces stand in more than one split: a model would be measured on what it learnt from.
    case groupInTwoSplits(group: String, first: Corpus.Split, second: Corpus.Split)
    /// A hold token with no note before it to go on.
    case strayHold(piece: String, step: Int, lane: Int)
    /// A number that is no token of the corpus's vocabulary.
    case unknownToken(piece: String, step: Int, lane: Int, token: UInt16)
    /// A meter, grid or key signature that the format has no number for.
    case unsupported(piece: String, what: String)
}

extension CorpusEncodingError: CustomStringConvertible {
    /// One line that says what is wrong, and where.
    public var description: String {
        switch self {
        case .duplicateName(let name):
            "two pieces are called '\(name)'; give each its own name"
        case .groupInTwoSplits(let group, let first, let second):
            "the group '\(group)' stands in \(first.name) and in \(second.name); a group belongs in one split"
        case .strayHold(let piece, let step, let lane):
            "'\(piece)', step \(step), lane \(lane): a hold with no note before it"
        case .unknownToken(let piece, let step, let lane, let token):
            "'\(piece)', step \(step), lane \(lane): \(token) is no token of the vocabulary"
        case .unsupported(let piece, let what):
            "'\(piece)': \(what) cannot be stored in a corpus file"
        }
    }
}
