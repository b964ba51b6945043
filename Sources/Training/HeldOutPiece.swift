/// A piece that a model is measured on, in the windows it is shown.
public struct HeldOutPiece: Hashable, Sendable {
    /// A window.
    public struct Window: Hashable, Sendable {
        /// The clean window; nothing is hidden.
        public var clean: Example
        /// Its cells that are not padding, which are the first ones.
        public var cells: Int

        /// Creates a window.
        public init(clean: Example, cells: Int) {
            self.clean = clean
            self.cells = cells
        }
    }

    /// The windows, which together show every cell once.
    public var windows: [Window]
    /// Its frames (steps).
    public var frames: Int
    /// Its cells.
    public var cells: Int { windows.reduce(0) { $0 + $1.cells } }

    /// Creates a piece.
    public init(windows: [Window], frames: Int) {
        self.windows = windows
        self.frames = frames
    }
}
