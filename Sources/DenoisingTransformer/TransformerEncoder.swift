import NeuralEngine

/// The blocks of the transformer, made ready for one size of batch, number of positions and precision.
public final class TransformerEncoder {
    /// The residual stream that goes in, `[B P, W]`, f32. Unless training it is used up.
    public let input: Buffer
    /// The residual stream that comes out, `[B P, W]`, f32; `input` itself unless training.
    public let output: Buffer
    /// In training, the gradient of the output before the backward pass and of the input after it, `[B P, W]`, f32.
    public var streamGradient: Buffer? { training?.stream }
    /// The gradients of all parameters, flat as in `ParameterLayout`; nil unless training.
    public var gradients: Buffer? { weights.gradients }

    let weights: Weights
    let training: BlockTrainingWorkspace?
    private let blocks: [EncoderBlock]
    private let threads: Int

    /// Prepares the blocks.
    ///
    /// - Parameters:
    ///   - configuration: The model's shape.
    ///   - parameters: The parameters, flat as in `ParameterLayout`, f32; read anew in each pass.
    ///   - operands: The same numbers in bf16 for bf16 products, or nil for f32.
    ///   - batch: Samples of a batch.
    ///   - steps: Steps of a sample.
    ///   - threads: Threads of each operation.
    ///   - dropout: Share of each branch that training leaves out; nil for blocks that are not trained.
    ///   - attentionDropout: Share of the attention's probabilities that training leaves out.
    /// - Throws: When oneDNN cannot prepare an operation on this processor.
    public convenience init(
        _ configuration: TransformerConfiguration, parameters: Buffer, operands: Buffer? = nil, batch: Int,
        steps: Int, threads: Int, dropout: Float? = nil, attentionDropout: Float = 0
    ) throws(EngineError) {
        let layout = ParameterLayout(configuration)
        let gradients = dropout == nil ? nil : Buffer(.f32, count: layout.count)
        try self.init(
            configuration,
            weights: Weights(
                layout: layout, parameters: parameters, operands: operands ?? parameters, gradients: gradients
            ),
            batch: batch, first: 0, steps: steps, threads: threads, dropout: dropout,
            attentionDropout: attentionDropout, on: Engine())
    }

    init(
        _ c: TransformerConfiguration, weights: Weights, batch: Int, first: Int, steps: Int, threads: Int,
        dropout: Float?, attentionDropout: Float,
        on engine: Engine
    ) throws(EngineError) {
        Engine.useThreads(threads)
        let positions = c.positions(steps: steps)
        let rows = batch * positions
        let precision = weights.operands.precision
        training = dropout == nil ? nil : BlockTrainingWorkspace(c, rows: rows, precision: precision)
        let attention = Attention.Workspace(
            batch: batch, heads: c.heads, headWidth: c.width / c.heads, positions: positions,
            precision: precision, training: dropout != nil, threads: threads)
        let places = (0..<positions).map { $0 * c.cellsPerPosition / c.lanes }
        let rotary = RotaryEmbedding(
            batch: batch, places: places, heads: c.heads, headWidth: c.width / c.heads)
        input = Buffer(.f32, count: rows * c.width)
        var current = input
        var shared: BlockWorkspace?
        var blocks: [EncoderBlock] = []
        for index in 0..<c.layers {
            let workspace =
                shared
                ?? BlockWorkspace(
                    c, batch: batch, positions: positions, precision: precision, attention: attention,
                    training: training)
            if training == nil { shared = workspace }
            let next = training == nil ? current : Buffer(.f32, count: rows * c.width)
            blocks.append(
                try EncoderBlock(
                    "blocks.\(index).", weights: weights, workspace: workspace, rotary: rotary,
                    input: current,
                    output: next, dropout: dropout ?? 0, attentionDropout: attentionDropout,
                    salt: UInt32(index), first: first, on: engine))
            current = next
        }
        output = current
        self.blocks = blocks
        self.weights = weights
        self.threads = threads
    }

    /// Turns `input` into `output`; `seed` chooses what dropout leaves out.
    public func forward(seed: UInt32 = 0) throws(EngineError) {
        Engine.useThreads(threads)
        for block in blocks { try block.forward(seed: seed) }
    }

    /// Turns the gradient of the output, in `streamGradient`, into that of the input, and writes those of the blocks'
    /// parameters.
    public func backward(seed: UInt32 = 0) throws(EngineError) {
        Engine.useThreads(threads)
        for block in blocks.reversed() { try block.backward(seed: seed) }
    }
}
