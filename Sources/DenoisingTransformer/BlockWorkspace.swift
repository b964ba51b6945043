import NeuralEngine

/// The activations of a block, and which of their rows are computed. In training each block has its own, kept for its backward pass;
/// otherwise all blocks share one, or one for each member of a crew, whose buffers are the same.
final class BlockWorkspace {
    let batch: Int
    let positions: Int
    /// The rows of `[B P, ...]` that are computed.
    let rows: Range<Int>
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

    init(
        _ c: TransformerConfiguration, batch: Int, positions: Int, precision: Precision,
        attention: Attention.Workspace, training: BlockTrainingWorkspace?
    ) {
        let rows = batch * positions
        self.batch = batch
        self.positions = positions
        self.rows = 0..<rows
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

    /// The share of one member of a crew in a workspace that does not train.
    init(_ whole: BlockWorkspace, rows: Range<Int>, attention: Attention.Workspace) {
        (batch, positions, self.rows) = (whole.batch, whole.positions, rows)
        (width, feedforward) = (whole.width, whole.feedforward)
        (normal1, normal2, convolved) = (whole.normal1, whole.normal2, whole.convolved)
        (attended, qkv) = (whole.attended, whole.qkv)
        (hidden, activated) = (whole.hidden, whole.activated)
        (middle, branch) = (whole.middle, whole.branch)
        self.attention = attention
        training = nil
    }

    /// The rows that are computed, of a buffer of rows of some width.
    func own(_ buffer: Buffer, width: Int) -> Tensor {
        Tensor(buffer, rows: rows, width: width)
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

extension Tensor {
    /// Some rows of a buffer of rows of some width.
    init(_ buffer: Buffer, rows: Range<Int>, width: Int) {
        self.init(buffer, at: rows.lowerBound * width, shape: [rows.count, width])
    }
}
