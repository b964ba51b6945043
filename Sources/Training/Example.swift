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
    ///   - contexts: The features of each step, `[n, C]`.
    ///   - configuration: The model's shape.
    public init(clean: [Token], contexts: [Int32], for configuration: TransformerConfiguration) {
        let missing = configuration.steps * configuration.lanes - clean.count
        let missingContexts = configuration.steps * configuration.contextSizes.count - contexts.count
        precondition(missing >= 0 && missingContexts >= 0, "\(clean.count) cells, \(contexts.count) features")
        tokens = clean + [Token](repeating: configuration.padding, count: missing)
        targets = clean + [Token](repeating: 0, count: missing)
        weights = [Float](repeating: 0, count: tokens.count)
        self.contexts = contexts + [Int32](repeating: -1, count: missingContexts)
    }
}

extension Example {
    /// Noises the free cells up to time t; each of the n weighs `1 / n`, so that the loss is the mean cross-entropy of x_0.
    ///
    /// It is least where the network says `p(x_0^d | x_t)`, at every t. (With 0.001 of the bound beside it this is the loss of
    /// Campbell et al. 2022, arXiv 2205.14987, section 4.4 and appendix C.)
    package mutating func noise(
        free: [Bool], process: some ForwardProcess, to time: Double, using generator: inout CounterGenerator
    ) {
        let cells = free.indices.filter { free[$0] }
        for cell in cells {
            tokens[cell] = process.noise(tokens[cell], to: time, using: &generator)
            weights[cell] = 1 / Float(cells.count)
        }
    }

    /// Writes the time into the last context feature of the first steps, where the model is told.
    package mutating func tell(_ time: Double, steps: Int, of configuration: TransformerConfiguration) {
        guard configuration.tellsTime else { return }
        let count = configuration.contextSizes.count
        for step in 0..<steps { contexts[step * count + count - 1] = configuration.level(of: time) }
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
