import DenoisingTransformer

/// A random batch: noised tokens (masked and padded cells among them), contexts, clean tokens and weights.
struct Batch {
    let count: Int
    let steps: Int
    let lanes: Int
    let contextCount: Int
    var tokens: [UInt16]
    var contexts: [Int32]
    var targets: [Int32]
    var weights: [Float]

    init(
        _ c: TransformerConfiguration, count: Int, steps: Int,
        using generator: inout some RandomNumberGenerator
    ) {
        self.count = count
        self.steps = steps
        lanes = c.lanes
        contextCount = c.contextSizes.count
        tokens = (0..<count * steps * c.lanes).map { _ in UInt16.random(in: 0...c.padding, using: &generator)
        }
        contexts = (0..<count * steps).flatMap { _ in
            c.contextSizes.map { Int32.random(in: -1..<Int32($0), using: &generator) }
        }
        targets = tokens.map { _ in Int32.random(in: 0..<Int32(c.stateCount), using: &generator) }
        // A third of the cells is not scored.
        weights = tokens.map { _ in
            Int.random(in: 0..<3, using: &generator) == 0 ? 0 : Float.random(in: 0.1..<2, using: &generator)
        }
    }

    func tokens(of sample: Int) -> [UInt16] {
        Array(tokens[sample * steps * lanes..<(sample + 1) * steps * lanes])
    }

    func contexts(of sample: Int) -> [Int32] {
        Array(contexts[sample * steps * contextCount..<(sample + 1) * steps * contextCount])
    }
}
