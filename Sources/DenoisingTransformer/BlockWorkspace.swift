import NeuralEngine

/// The activations of a block. In training each block has its own, kept for its backward pass; otherwise all blocks
/// share one.
final class BlockWorkspace {
    let batch: Int
    let positions: Int
    let width: Int
    let feedforward: Int
    /// `[B P, W]`: the first norm, the second, the convolution, and what attention gathered.
    let normal1: Buffer
    let normal2: Buffer
    let convolved: Buffer
    let attended: Buffer
    /// `[B P, 3 W]`.
    let qkv: Buffer
    /// `[B P, F]`, before and after GELU.
    let hidden: Buffer
    let activated: Buffer
    /// `[B P, W]`, f32: the stream between the block's halves, and a branch before it joins the stream.
    let middle: Buffer
    let branch: Buffer
    /// What all blocks share.
    let attention: Attention.Workspace
    let training: BlockTrainingWorkspace?

    var rows: Int { batch * positions }

    init(
        _ c: TransformerConfiguration, batch: Int, positions: Int, precision: Precision,
        attention: Attention.Workspace, training: BlockTrainingWorkspace?
    ) {
        let rows = batch * positions
        self.batch = batch
        self.positions = positions
        width = c.width
        feedforward = c.feedforward
        normal1 = Buffer(precision, count: rows * c.width)
        convolved = Buffer(precision, count: c.convolutionTaps > 0 ? rows * c.width : 0)
        attended = Buffer(precision, count: rows * c.width)
        qkv = Buffer(precision, count: rows * 3 * c.width)
        activated = Buffer(precision, count: rows * c.feedforward)
        normal2 = training == nil ? normal1 : Buffer(precision, count: rows * c.width)
        hidden = training == nil ? activated : Buffer(precision, count: rows * c.feedforward)
        middle = Buffer(.f32, count: training == nil ? 0 : rows * c.width)
        branch = training?.branchOutput ?? middle
        self.attention = attention
        self.training = training
    }
}

/// The gradients that the blocks of a training plan hand on, one set for all.
final class BlockTrainingWorkspace {
    /// `[B P, W]`, f32: the gradient of the residual stream, and a branch's output.
    let stream: Buffer
    let branchOutput: Buffer
    /// `[B P, W]` in the precision of the matrix products: of a branch's output, of a norm's, of attention's.
    let branch: Buffer
    let normal: Buffer
    let attended: Buffer
    /// `[B P, 3 W]` and `[B P, F]`.
    let qkv: Buffer
    let hidden: Buffer

    init(_ c: TransformerConfiguration, rows: Int, precision: Precision) {
        stream = Buffer(.f32, count: rows * c.width)
        branchOutput = Buffer(.f32, count: rows * c.width)
        branch = Buffer(precision, count: rows * c.width)
        normal = Buffer(precision, count: rows * c.width)
        attended = Buffer(precision, count: rows * c.width)
        qkv = Buffer(precision, count: rows * 3 * c.width)
        hidden = Buffer(precision, count: rows * c.feedforward)
    }
}
