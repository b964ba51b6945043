import DenoisingTransformer
import DiscreteDiffusion
import NeuralEngine

/// The bound of a model on held-out pieces: an upper bound on `-log p`, in nats.
///
/// Every piece counts whole, in consecutive windows of the model's length, the last one shorter; padding is not
/// scored. Each window is measured at noise levels that are spread evenly, one random level in each stratum. The bound is one
/// of windows given their features.
public struct HeldOutBound: Hashable, Sendable {
    /// One piece's share.
    public struct Piece: Hashable, Sendable {
        /// The bound of the whole piece, in nats.
        public var nats: Double
        /// Its frames (steps).
        public var frames: Int
        /// Its cells.
        public var cells: Int

        /// Puts a piece's figures together.
        public init(nats: Double, frames: Int, cells: Int) {
            self.nats = nats
            self.frames = frames
            self.cells = cells
        }
    }

    /// The pieces in the order given.
    public var pieces: [Piece]

    /// Puts the figures of pieces together.
    public init(pieces: [Piece]) { self.pieces = pieces }

    /// Nats a frame (all lanes of a step), over all pieces together.
    public var perFrame: Double { Self.perFrame(pieces) }
    /// Nats a cell, over all pieces together.
    public var perCell: Double {
        pieces.reduce(0) { $0 + $1.nats } / Double(max(1, pieces.reduce(0) { $0 + $1.cells }))
    }

    /// The 95 % interval of `perFrame` by bootstrap over pieces.
    ///
    /// - Precondition: `resamples >= 1`.
    public func interval(resamples: Int = 1_000, seed: UInt64) -> ClosedRange<Double> {
        precondition(resamples >= 1, "\(resamples) resamples")
        guard !pieces.isEmpty else { return 0...0 }
        // No window has this stream.
        var generator = CounterGenerator(seed: seed, for: .cost, stream: .max)
        let means = (0..<resamples)
            .map { _ in
                Self.perFrame(pieces.indices.map { _ in pieces[generator.drawIndex(below: pieces.count)] })
            }
            .sorted()
        return means[resamples * 25 / 1000]...means[min(resamples - 1, resamples * 975 / 1000)]
    }

    private static func perFrame(_ pieces: [Piece]) -> Double {
        pieces.reduce(0) { $0 + $1.nats } / Double(max(1, pieces.reduce(0) { $0 + $1.frames }))
    }

    /// Measures a model.
    ///
    /// - Parameters:
    ///   - configuration: The model's shape.
    ///   - parameters: Its parameters, f32.
    ///   - operands: The same in bf16, or nil to measure in f32.
    ///   - pieces: Held-out pieces.
    ///   - levels: Noise levels a window.
    ///   - seed: What levels and hidden cells are drawn from; the same seed hides the same cells.
    ///   - threads: Threads to use, at least 1.
    /// - Throws: `EngineError`.
    /// - Precondition: `levels >= 1`, `threads >= 1`.
    public static func measure(
        _ configuration: TransformerConfiguration, parameters: Buffer, operands: Buffer?,
        pieces: [HeldOutPiece],
        levels: Int, seed: UInt64, threads: Int
    ) throws -> HeldOutBound {
        precondition(levels >= 1 && threads >= 1, "\(levels) levels, \(threads) threads")
        let batch = 16
        let model = try ShardedTransformer(
            configuration, parameters: parameters, operands: operands, batch: batch,
            threads: min(threads, batch),
            dropout: nil)
        let seeds = [UInt32](repeating: 0, count: min(threads, batch))
        return try measure(
            pieces: pieces, mask: configuration.mask, levels: levels, seed: seed, batch: batch
        ) { try model.run($0, seeds: seeds) }
    }

    /// Measures whatever tells, for each example of a batch, the sum over cells of weight times cross-entropy.
    package static func measure(
        pieces: [HeldOutPiece], mask: Token, levels: Int, seed: UInt64, batch: Int,
        losses: ([Example]) throws -> [Double]
    ) rethrows -> HeldOutBound {
        var result = pieces.map { Piece(nats: 0, frames: $0.frames, cells: $0.cells) }
        var pending: [(piece: Int, scale: Double, example: Example)] = []
        func flush() throws {
            guard let last = pending.last else { return }
            let filler = [Example](repeating: last.example, count: batch - pending.count)
            for (job, loss) in zip(pending, try losses(pending.map(\.example) + filler)) {
                result[job.piece].nats += loss * job.scale
            }
            pending.removeAll(keepingCapacity: true)
        }
        var stream: UInt64 = 0
        for (index, piece) in pieces.enumerated() {
            for window in piece.windows {
                let free = [Bool](repeating: true, count: window.cells)
                for level in 0..<levels {
                    var generator = CounterGenerator(seed: seed, for: .cost, stream: stream)
                    stream += 1
                    var example = window.clean
                    example.hide(
                        free: free, level: (Double(level) + generator.drawUnit()) / Double(levels),
                        mask: mask, using: &generator)
                    pending.append((index, Double(free.count) / Double(levels), example))
                    if pending.count == batch { try flush() }
                }
            }
        }
        try flush()
        return HeldOutBound(pieces: result)
    }
}
