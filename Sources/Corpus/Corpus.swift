import PianoRoll

/// Pieces to learn from and to measure against: token grids of one vocabulary and number of lanes, each in its split.
public struct Corpus: Hashable, Sendable {
    /// Which pieces a model may see: learn from `train`, choose by `valid`, report on `test`.
    public enum Split: String, Hashable, Sendable, Codable, CaseIterable {
        /// To learn from.
        case train
        /// To choose settings and the moment to stop by.
        case valid
        /// To report figures on, and for nothing else.
        case test

        /// The name in manifests and on the command line.
        public var name: String { rawValue }

        /// The number that stands for it in a corpus file: its place among the cases.
        var code: UInt8 {
            switch self {
            case .train: 0
            case .valid: 1
            case .test: 2
            }
        }
    }

    /// A key signature that holds for a whole piece.
    public struct Key: Hashable, Sendable, Codable {
        /// Sharps if positive, flats if negative, -7...7.
        public var fifths: Int
        /// Whether the mode is minor.
        public var isMinor: Bool

        /// Creates a key signature.
        public init(fifths: Int, isMinor: Bool) {
            self.fifths = fifths
            self.isMinor = isMinor
        }
    }

    /// A piece: its cells, and what is known of it besides.
    public struct Piece: Hashable, Sendable {
        /// What it is called, unlike any other piece of the corpus: "bwv66.6".
        public var name: String
        /// The split it stands in.
        public var split: Split
        /// Its group: pieces that are near-copies of each other share one, and a group stands in one split.
        public var group: String
        /// The key signature at its beginning, if the source had one.
        public var key: Key?
        /// Its cells, with vocabulary, lanes and timing.
        public var grid: TokenGrid

        /// Creates a piece.
        public init(name: String, split: Split, group: String, key: Key? = nil, grid: TokenGrid) {
            self.name = name
            self.split = split
            self.group = group
            self.key = key
            self.grid = grid
        }
    }

    /// What the corpus is called.
    public var name: String
    /// What the tokens of every piece stand for.
    public let vocabulary: Vocabulary
    /// How many voices every piece has.
    public let lanes: Int
    /// The pieces, in the order they were added.
    public private(set) var pieces: [Piece]

    /// Creates a corpus.
    ///
    /// - Precondition: `lanes` is 1...255 and every piece has this vocabulary and this number of lanes.
    public init(name: String, vocabulary: Vocabulary, lanes: Int, pieces: [Piece] = []) {
        precondition((1...255).contains(lanes), "\(lanes) lanes")
        self.name = name
        self.vocabulary = vocabulary
        self.lanes = lanes
        self.pieces = []
        for piece in pieces { append(piece) }
    }

    /// Adds a piece.
    ///
    /// - Precondition: the piece has the corpus's vocabulary and number of lanes.
    public mutating func append(_ piece: Piece) {
        precondition(
            piece.grid.lanes == lanes && piece.grid.vocabulary == vocabulary,
            "\(piece.name): \(piece.grid.lanes) lanes, \(piece.grid.vocabulary)")
        pieces.append(piece)
    }

    /// The pieces of a split, in the corpus's order.
    public func pieces(in split: Split) -> [Piece] {
        pieces.filter { $0.split == split }
    }
}
