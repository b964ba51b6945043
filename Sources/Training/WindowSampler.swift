import Composition
import DiscreteDiffusion
import PianoRoll

/// A window of a piece made ready for the model: what it sees, what it should say, and how much each cell counts.
public struct Example: Hashable, Sendable {
    /// Noised cells, `[steps * lanes]`, with MASK and padding.
    public var tokens: [Token]
    /// Clean cells, `[steps * lanes]`; 0 in the padding.
    public var targets: [Token]
    /// The weight of each cell's loss: 0 unless it is hidden.
    public var weights: [Float]
    /// The features of each step, `[steps, GridFeatures.count]`; -1 in the padding.
    public var contexts: [Int32]
}

/// Cuts, transposes and hides windows of pieces: what training sees.
public struct WindowSampler: Sendable {
    let pieces: [TokenGrid]
    let steps: Int
    let edges: Bool
    let transposition: ClosedRange<Int>
    let conditionalShare: Double

    /// The share of windows whose transposition the model is not told, as where it is asked to go with given notes.
    private static let untoldShare = 0.2

    /// The share of windows that are cut shorter than `steps`, so that short pieces are not strange to the model.
    private static let shortShare = 0.1

    /// Prepares the pieces, all of one vocabulary and number of lanes.
    public init(
        pieces: [TokenGrid], steps: Int, edges: Bool, transposition: ClosedRange<Int>,
        conditionalShare: Double
    ) {
        self.pieces = pieces.filter { $0.steps > 0 }
        self.steps = steps
        self.edges = edges
        self.transposition = transposition
        self.conditionalShare = conditionalShare
    }

    /// Draws a window.
    ///
    /// - Parameters:
    ///   - level: Where the noise level lies in 0..<1; batches stratify it.
    ///   - generator: What the window, its transposition and its hidden cells are drawn from.
    public func draw(level: Double, using generator: inout CounterGenerator) -> Example {
        let piece = pieces[generator.drawIndex(below: pieces.count)]
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
        var example = Example(
            clean: grid, steps: steps,
            features: GridFeatures(
                timing: piece.timing, window: window, pieceSteps: piece.steps,
                transposition: isTold ? shift : nil, edges: edges))
        var free = [Bool](repeating: true, count: grid.tokens.count)
        if generator.drawUnit() < conditionalShare {
            free = KnownRegion.draw(steps: length, lanes: grid.lanes, using: &generator).free
        }
        example.hide(free: free, level: level, mask: Token(grid.vocabulary.count), using: &generator)
        return example
    }

    /// The grid in one of the keys in which it stays within the vocabulary, and how far off that is.
    private func transposed(
        _ grid: TokenGrid, using generator: inout CounterGenerator
    ) -> (grid: TokenGrid, shift: Int) {
        let possible = transposition.compactMap { shift in
            grid.transposed(by: shift).map { (grid: $0, shift: shift) }
        }
        return possible.isEmpty ? (grid, 0) : possible[generator.drawIndex(below: possible.count)]
    }
}

extension Example {
    /// A window whose cells are all visible and count for nothing.
    package init(clean grid: TokenGrid, steps: Int, features: GridFeatures) {
        let cells = steps * grid.lanes
        let missing = cells - grid.tokens.count
        let padding = Token(grid.vocabulary.count + 1)
        tokens = grid.tokens + [Token](repeating: padding, count: missing)
        targets = grid.tokens + [Token](repeating: 0, count: missing)
        weights = [Float](repeating: 0, count: cells)
        contexts =
            features.values
            + [Int32](repeating: -1, count: steps * GridFeatures.count - features.values.count)
    }

    /// Hides `k` of the `n` free cells, `k = 1 + floor(level n)`, and gives each hidden one the weight `1 / k`.
    ///
    /// With the level drawn evenly, `n` times the weighted loss is the bound
    /// `E_t [ 1/t sum over hidden cells of -log p ]` of absorbing noise with the number of hidden cells in place of
    /// `t`: the loss of an autoregressive model in random order (Hoogeboom et al. 2022).
    package mutating func hide(
        free: [Bool], level: Double, mask: Token, using generator: inout CounterGenerator
    ) {
        var cells = free.indices.filter { free[$0] }
        guard !cells.isEmpty else { return }
        let count = min(cells.count, 1 + Int(level * Double(cells.count)))
        for i in 0..<count {
            let other = i + generator.drawIndex(below: cells.count - i)
            cells.swapAt(i, other)
            tokens[cells[i]] = mask
            weights[cells[i]] = 1 / Float(count)
        }
    }
}
