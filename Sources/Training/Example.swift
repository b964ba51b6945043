import DenoisingTransformer
import DiscreteDiffusion

/// A sample made ready for the model: what it sees, what it should say, and how much each cell counts.
public struct Example: Hashable, Sendable {
    /// Noised cells, `[steps * lanes]`, with MASK and padding.
    public var tokens: [Token]
    /// Clean cells, `[steps * lanes]`; 0 in the padding.
    public var targets: [Token]
    /// The weight of each cell's loss: 0 unless it is noised.
    public var weights: [Float]
    /// The features of each step, `[steps, C]`; -1 in the padding.
    public var contexts: [Int32]

    /// A sample whose cells are all visible and count for nothing.
    ///
    /// - Parameters:
    ///   - clean: Clean cells, `[n * lanes]` with n at most `steps`; the rest is padding.
    ///   - contexts: The features of each step besides the time, `[n, givenContexts]`.
    ///   - time: The time, for a model that is told.
    ///   - configuration: The model's shape.
    public init(
        clean: [Token], contexts: [Int32], at time: Double, for configuration: TransformerConfiguration
    ) {
        let missing = configuration.steps * configuration.lanes - clean.count
        precondition(missing >= 0, "\(clean.count) cells")
        let contexts = configuration.contexts(contexts, steps: clean.count / configuration.lanes, at: time)
        let missingContexts = configuration.steps * configuration.contextSizes.count - contexts.count
        tokens = clean + [Token](repeating: configuration.padding, count: missing)
        targets = clean + [Token](repeating: 0, count: missing)
        weights = [Float](repeating: 0, count: tokens.count)
        self.contexts = contexts + [Int32](repeating: -1, count: missingContexts)
    }
}

extension Example {
    /// Noises the free cells: hides as many as the level says, or runs other noise up to `t = level`.
    package mutating func noise(
        free: [Bool], process: some ForwardProcess, level: Double, using generator: inout CounterGenerator
    ) {
        if process.hasMask {
            hide(free: free, level: level, mask: Token(process.stateCount), using: &generator)
        } else {
            run(free: free, process: process, to: level, using: &generator)
        }
    }

    /// Runs the noise of the free cells up to time t; each of the n weighs `1 / n`, so that the loss is the mean cross-entropy
    /// of x_0.
    ///
    /// It is least where the network says `p(x_0^d | x_t)`, at every t. (With 0.001 of the bound beside it this is the loss of
    /// Campbell et al. 2022, arXiv 2205.14987, section 4.4 and appendix C.)
    private mutating func run(
        free: [Bool], process: some ForwardProcess, to time: Double, using generator: inout CounterGenerator
    ) {
        let cells = free.indices.filter { free[$0] }
        for cell in cells {
            tokens[cell] = process.noise(tokens[cell], to: time, using: &generator)
            weights[cell] = 1 / Float(cells.count)
        }
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
