import NeuralEngine

/// One block of the encoder, pre-norm:
/// `x += out(attention(convolution(norm1(x))))`, then `x += down(gelu(up(norm2(x))))`.
final class EncoderBlock {
    private let norm1: LayerNormalization
    private let convolution: DepthwiseConvolution?
    private let qkv: Linear
    private let rotary: RotaryEmbedding
    private let attention: Attention
    private let out: Linear
    private let norm2: LayerNormalization
    private let up: Linear
    private let gelu: GELU?
    private let down: Linear
    private let training: Training?
    private let turned: Tensor
    private let crew: Crew
    /// Above the salts of the branches.
    private static let attentionSalt: UInt32 = 1 << 16

    /// What a block keeps for, and needs in, its backward pass.
    private struct Training {
        let input: Buffer
        let middle: Buffer
        let output: Buffer
        let dropout1: ResidualDropout
        let dropout2: ResidualDropout
        let gradients: BlockGradients
        let workspace: BlockWorkspace
    }

    /// Prepares a block.
    ///
    /// - Parameters:
    ///   - name: The prefix of its parameters.
    ///   - weights: Parameters and, for training, their gradients.
    ///   - workspace: Buffers; shared between blocks unless training.
    ///   - input: The residual stream that comes in, `[B P, W]`, f32.
    ///   - output: Where the stream goes; `input` itself unless training.
    ///   - first: The number of the first sample in the batch that dropout knows.
    ///   - crew: Who computes the other rows, if the workspace has some alone.
    init(
        _ name: String, weights: Weights, workspace w: BlockWorkspace, rotary: RotaryEmbedding, input: Buffer,
        output: Buffer, dropout: Float, attentionDropout: Float, salt: UInt32, first: Int,
        crew: Crew, on engine: Engine
    ) throws(EngineError) {
        self.crew = crew
        let middle = w.training == nil ? input : w.middle
        let g = w.training
        norm1 = LayerNormalization(
            w.own(input, width: w.width), gain: weights[name + "norm1.gain"],
            shift: weights[name + "norm1.shift"],
            into: w.own(w.normal1, width: w.width))
        var attentionInput = w.own(w.normal1, width: w.width)
        if weights.has(name + "convolution.kernel") {
            let sequence = [w.batch, w.positions, w.width]
            convolution = DepthwiseConvolution(
                Tensor(w.normal1, shape: sequence), kernel: weights[name + "convolution.kernel"],
                bias: weights[name + "convolution.bias"], into: Tensor(w.convolved, shape: sequence),
                computed: crew.count > 1 ? w.rows : nil)
            attentionInput = w.own(w.convolved, width: w.width)
        } else {
            convolution = nil
        }
        let turned = w.own(w.qkv, width: 3 * w.width)
        self.turned = turned
        qkv = try Linear(
            name + "qkv", weights, input: attentionInput, output: turned,
            gradients: g.map { ($0.qkv, $0.normal) }, on: engine)
        self.rotary = rotary
        let attended = Tensor(w.attended, shape: [w.batch, w.positions, w.width])
        attention = try Attention(
            qkv: Tensor(w.qkv, shape: [w.batch * w.positions, 3 * w.width]), into: attended,
            gradients: g.map {
                (Tensor($0.attended, shape: attended.shape), Tensor($0.qkv, shape: turned.shape))
            },
            dropout: attentionDropout > 0
                ? DropoutMask(
                    rate: attentionDropout, salt: Self.attentionSalt + salt,
                    first: first * w.attention.heads * w.positions * w.positions) : nil,
            workspace: w.attention)
        out = try Linear(
            name + "out", weights, input: w.own(w.attended, width: w.width),
            output: w.own(g == nil ? input : w.branch, width: w.width), then: g == nil ? .accumulate : .none,
            gradients: g.map { ($0.branch, $0.attended) }, on: engine)
        norm2 = LayerNormalization(
            w.own(middle, width: w.width), gain: weights[name + "norm2.gain"],
            shift: weights[name + "norm2.shift"],
            into: w.own(w.normal2, width: w.width))
        up = try Linear(
            name + "up", weights, input: w.own(w.normal2, width: w.width),
            output: w.own(g == nil ? w.activated : w.hidden, width: w.feedforward),
            then: g == nil ? .gelu : .none,
            gradients: g.map { ($0.hidden, $0.normal) }, on: engine)
        if let g {
            let gradient = w.own(g.hidden, width: w.feedforward)
            gelu = try GELU(
                w.own(w.hidden, width: w.feedforward), into: w.own(w.activated, width: w.feedforward),
                gradients: (gradient, gradient), on: engine)
        } else {
            gelu = nil
        }
        down = try Linear(
            name + "down", weights, input: w.own(w.activated, width: w.feedforward),
            output: w.own(g == nil ? input : w.branch, width: w.width), then: g == nil ? .accumulate : .none,
            gradients: g.map { ($0.branch, $0.hidden) }, on: engine)
        if g != nil {
            let (count, first) = (w.rows.count * w.width, first * w.positions * w.width)
            training = Training(
                input: input, middle: middle, output: output,
                dropout1: ResidualDropout(
                    count: count, mask: DropoutMask(rate: dropout, salt: 2 * salt, first: first)),
                dropout2: ResidualDropout(
                    count: count, mask: DropoutMask(rate: dropout, salt: 2 * salt + 1, first: first)),
                gradients: BlockGradients(name, weights), workspace: w)
        } else {
            training = nil
        }
    }

    /// Passes the stream on; `seed` chooses what dropout leaves out.
    func forward(seed: UInt32) throws(EngineError) {
        norm1.forward()
        // The convolution looks at rows of others, and so does attention.
        try crew.meet()
        convolution?.forward()
        try qkv.forward()
        rotary.forward(turned)
        try crew.meet()
        try attention.forward(seed: seed)
        try out.forward()
        if let t = training {
            t.dropout1.forward(stream: t.input, branch: t.workspace.branch, into: t.middle, seed: seed)
        }
        norm2.forward()
        try up.forward()
        try gelu?.forward()
        try down.forward()
        if let t = training {
            t.dropout2.forward(stream: t.middle, branch: t.workspace.branch, into: t.output, seed: seed)
        }
    }

    /// Turns the gradient of the stream that goes out, in `stream`, into that of the one that comes in.
    func backward(seed: UInt32) throws(EngineError) {
        guard let t = training, let g = t.workspace.training else { return }
        let rows = [t.workspace.rows.count, t.workspace.width]
        let stream = Tensor(g.stream, shape: rows)
        let normal = Tensor(g.normal, shape: rows)

        t.dropout2.backward(streamGradient: g.stream, into: g.branch, seed: seed)
        try down.backward()
        try gelu?.backward()
        try up.backward()
        norm2.backward(
            outputGradient: normal, inputGradient: stream, gainGradient: t.gradients.norm2.gain,
            shiftGradient: t.gradients.norm2.shift)

        t.dropout1.backward(streamGradient: g.stream, into: g.branch, seed: seed)
        try out.backward()
        try attention.backward(seed: seed)
        rotary.backward(Tensor(g.qkv, shape: turned.shape))
        try qkv.backward()
        var normalGradient = normal
        if let convolution, let kernel = t.gradients.kernel, let bias = t.gradients.convolutionBias {
            let sequence = [t.workspace.batch, t.workspace.positions, t.workspace.width]
            // The branch's gradient has been used up: its buffer takes that of the convolution's input.
            convolution.backward(
                outputGradient: Tensor(g.normal, shape: sequence),
                inputGradient: Tensor(g.branch, shape: sequence),
                kernelGradient: kernel, biasGradient: bias)
            normalGradient = Tensor(g.branch, shape: rows)
        }
        norm1.backward(
            outputGradient: normalGradient, inputGradient: stream, gainGradient: t.gradients.norm1.gain,
            shiftGradient: t.gradients.norm1.shift)
    }
}

/// Where the gradients of a block's norms and convolution go.
private struct BlockGradients {
    let norm1: (gain: Tensor, shift: Tensor)
    let norm2: (gain: Tensor, shift: Tensor)
    let kernel: Tensor?
    let convolutionBias: Tensor?

    init(_ name: String, _ weights: Weights) {
        norm1 = (weights.gradient(name + "norm1.gain"), weights.gradient(name + "norm1.shift"))
        norm2 = (weights.gradient(name + "norm2.gain"), weights.gradient(name + "norm2.shift"))
        let convolves = weights.has(name + "convolution.kernel")
        kernel = convolves ? weights.gradient(name + "convolution.kernel") : nil
        convolutionBias = convolves ? weights.gradient(name + "convolution.bias") : nil
    }
}
