import PianoRoll

/// Why a corpus has no form in another vocabulary.
public struct CorpusConversionError: Error, Hashable, Sendable, CustomStringConvertible {
    /// The name of the piece.
    public var piece: String
    /// What is wrong with it.
    public var reason: TokenGridError

    /// Creates an error.
    public init(piece: String, reason: TokenGridError) {
        self.piece = piece
        self.reason = reason
    }

    /// One line that says what is wrong and where.
    public var description: String { "piece '\(piece)': \(reason)" }
}
