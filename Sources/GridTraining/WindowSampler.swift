import Composition
import DenoisingTransformer
import DiscreteDiffusion
import PianoRoll
import Training

/// Cuts, transposes and hides windows of pieces: what training sees.
public struct WindowSampler: ExampleSource {
    let pieces: [TokenGrid]
    let configuration: TransformerConfiguration
    let process: any ForwardProcess
    let edges: Bool
    let settings: WindowSettings

    /// The share of windows whose transposition the model is not told, as where it is asked to go with given notes.
    private static let untoldShare = 0.2

    /// The share of windows that are cut shorter than `steps`, so that short pieces are not strange to the model.
    private static let shortShare = 0.1

    /// Prepares the pieces, all of one vocabulary and number of lanes.
    ///
    /// - Parameters:
    ///   - pieces: The pieces.
    ///   - configuration: The shape of the model that is to learn from them.
    ///   - process: The noise.
    ///   - edges: Whether the model is told of beginnings and ends.
    ///   - settings: How windows are cut and moved.
    public init(
        pieces: [TokenGrid], configuration: TransformerConfiguration, process: some ForwardProcess,
        edges: Bool, settings: WindowSettings
    ) {
        self.pieces = pieces.filter { $0.steps > 0 }
        self.configuration = configuration
        self.process = process
        self.edges = edges
        self.settings = settings
    }

    /// Draws a window.
    ///
    /// - Parameters:
    ///   - level: Where the noise level lies in 0..<1; batches stratify it.
    ///   - generator: What the window, its transposition and its hidden cells are drawn from.
    public func draw(level: Double, using generator: inout CounterGenerator) -> Example {
        let piece = pieces[generator.drawIndex(below: pieces.count)]
        let steps = configuration.steps
        var length = min(steps, piece.steps)
        if generator.drawUnit() < Self.shortShare {
            length = min(length, 16 + generator.drawIndex(below: max(1, steps - 16)))
        }
        // Starts are drawn from beyond both ends and pulled in, so that beginnings and endings are not rare.
        let slack = piece.steps - length
        let overshoot = min(slack, steps / 4)
        let start = min(slack, max(0, generator.drawIndex(below: slack + 2 * overshoot + 1) - overshoot))
        let window = start..<start + length
        let (grid, shift) = transposed(piece.slice(steps: window, start: .restart), using: &generator)
        let isTold = generator.drawUnit() >= Self.untoldShare
        let features = GridFeatures(
            timing: piece.timing, window: window, pieceSteps: piece.steps,
            transposition: isTold ? shift : nil, edges: edges)
        var example = Example(clean: grid.tokens, contexts: features.values, at: level, for: configuration)
        var free = [Bool](repeating: true, count: grid.tokens.count)
        if generator.drawUnit() < settings.conditionalShare {
            free = KnownRegion.draw(steps: length, lanes: grid.lanes, using: &generator).free
        }
        example.noise(free: free, process: process, level: level, using: &generator)
        return example
    }

    /// The grid in one of the keys in which it stays within the vocabulary, and how far off that is.
    private func transposed(
        _ grid: TokenGrid, using generator: inout CounterGenerator
    ) -> (grid: TokenGrid, shift: Int) {
        let possible = settings.transposition.compactMap { shift in
            grid.transposed(by: shift).map { (grid: $0, shift: shift) }
        }
        return possible.isEmpty ? (grid, 0) : possible[generator.drawIndex(below: possible.count)]
    }
}
