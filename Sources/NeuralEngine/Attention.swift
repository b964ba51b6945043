/// Scaled dot-product attention over all positions, many heads: `softmax(Q K^T) V`, forward and backward.
///
/// Queries come scaled (see `RotaryEmbedding`). Scores are made, used and forgotten tile by tile, some queries of some heads
/// at once, so that they stay in the core's cache; the backward pass makes them again from each query's sum (Dao et al. 2022,
/// arXiv 2205.14135). In training a mask leaves out a share of the probabilities. The products are oneDNN's, on the heads where they lie in the interleaved buffer, without copies.
public final class Attention {
    private let workers: [AttentionWorker]
    private let shape: AttentionShape
    private let qkv: Tensor
    private let output: Tensor
    private let gradients: (output: Tensor, qkv: Tensor)?
    private let logSums: Buffer?
    private let dropout: DropoutMask?

    /// Buffers that layers may share, since each uses them up within its own pass: one set for each thread.
    public final class Workspace {
        let shape: AttentionShape
        let scratches: [AttentionScratch]
        /// Heads of each layer.
        public var heads: Int { shape.heads }

        /// Allocates the tiles.
        ///
        /// - Parameters:
        ///   - queries: The positions whose queries are answered; nil for all.
        ///   - threads: Threads that one layer is computed on.
        public init(
            batch: Int, heads: Int, headWidth: Int, positions: Int, queries: Range<Int>? = nil,
            precision: Precision, training: Bool,
            threads: Int = 1
        ) {
            let shape = AttentionShape(
                batch: batch, heads: heads, headWidth: headWidth, positions: positions, queries: queries,
                threads: threads)
            self.shape = shape
            scratches = (0..<min(threads, shape.groups)).map { _ in
                AttentionScratch(shape, precision: precision, training: training)
            }
        }
    }

    /// Prepares the layer.
    ///
    /// - Parameters:
    ///   - qkv: `[batch, positions, 3, heads, headWidth]`, queries, keys and values.
    ///   - output: `[batch, positions, heads * headWidth]`.
    ///   - gradients: For training, the output's gradient and where to put that of `qkv`, shaped alike.
    ///   - dropout: Which probabilities, of `[batch, heads, positions, positions]`, training leaves out.
    ///   - workspace: Scratch.
    public init(
        qkv: Tensor, into output: Tensor, gradients: (output: Tensor, qkv: Tensor)? = nil,
        dropout: DropoutMask? = nil, workspace: Workspace
    ) throws(EngineError) {
        let shape = workspace.shape
        self.shape = shape
        self.qkv = qkv
        self.output = output
        self.gradients = gradients
        self.dropout = gradients == nil ? nil : dropout
        logSums = gradients == nil ? nil : Buffer(.f32, count: shape.batch * shape.heads * shape.positions)
        // Each thread's primitives are for itself alone.
        let threads = Engine.threads
        Engine.useThreads(1)
        defer { Engine.useThreads(threads) }
        var workers: [AttentionWorker] = []
        for scratch in workspace.scratches {
            workers.append(try AttentionWorker(shape, qkv: qkv, gradients: gradients, scratch: scratch))
        }
        self.workers = workers
    }

    /// Computes the output; `seed` chooses what dropout leaves out.
    public func forward(seed: UInt32 = 0) throws(EngineError) {
        try Team.perform(workers.count) { (worker) throws(EngineError) in
            for group in stride(from: worker, to: shape.groups, by: workers.count) {
                try workers[worker].forward(
                    group, into: output, logSums: logSums, dropout.map { ($0, seed) })
            }
        }
    }

    /// Computes the gradient of queries, keys and values.
    public func backward(seed: UInt32 = 0) throws(EngineError) {
        guard let gradients, let logSums else { return }
        try Team.perform(workers.count) { (worker) throws(EngineError) in
            for group in stride(from: worker, to: shape.groups, by: workers.count) {
                try workers[worker].backward(
                    group, output: output, logSums: logSums, gradients, dropout.map { ($0, seed) })
            }
        }
    }
}
