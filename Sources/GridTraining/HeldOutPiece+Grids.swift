import Composition
import DenoisingTransformer
import PianoRoll
import Training

extension HeldOutPiece {
    /// A piece as a model is shown it.
    init(_ grid: TokenGrid, for model: GridModel) {
        self.init(grid, for: model.transformer.configuration, edges: model.description.edges)
    }

    /// A piece in consecutive windows of the model's length, the last one shorter.
    ///
    /// The windows are given their features (place in the bar, edges, no transposition): a note held over a window's edge
    /// counts as starting there, as the model sees it.
    ///
    /// - Parameters:
    ///   - grid: The piece, in the model's vocabulary.
    ///   - configuration: The model's shape.
    ///   - edges: Whether the model is told of beginnings and ends.
    public init(_ grid: TokenGrid, for configuration: TransformerConfiguration, edges: Bool) {
        let steps = configuration.steps
        let windows = stride(from: 0, to: grid.steps, by: steps).map { start in
            let window = start..<min(grid.steps, start + steps)
            let features = GridFeatures(
                timing: grid.timing, window: window, pieceSteps: grid.steps, transposition: 0, edges: edges)
            return Window(
                tokens: grid.slice(steps: window, start: .restart).tokens, contexts: features.values)
        }
        self.init(windows: windows, frames: grid.steps)
    }
}
