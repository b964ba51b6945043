import DiscreteDiffusion

/// A piece that a model is measured on, in the windows it is shown.
public struct HeldOutPiece: Hashable, Sendable {
    /// A window.
    public struct Window: Hashable, Sendable {
        /// Its clean cells, `[n * lanes]`.
        public var tokens: [Token]
        /// The features of each step besides the time, `[n, givenContexts]`.
        public var contexts: [Int32]

        /// Creates a window.
        public init(tokens: [Token], contexts: [Int32]) {
            self.tokens = tokens
            self.contexts = contexts
        }
    }

    /// The windows, which together show every cell once.
    public var windows: [Window]
    /// Its frames (steps).
    public var frames: Int
    /// Its cells.
    public var cells: Int { windows.reduce(0) { $0 + $1.tokens.count } }

    /// Creates a piece.
    public init(windows: [Window], frames: Int) {
        self.windows = windows
        self.frames = frames
    }
}
