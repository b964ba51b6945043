import COneDNN

/// Scaled dot-product attention over all positions, many heads: `softmax(Q K^T) V`, forward and backward.
///
/// Queries come scaled (see `RotaryEmbedding`). The products are oneDNN's, on the heads where they lie in the
/// interleaved buffer, without copies.
public final class Attention {
    private let scores: MatrixProduct
    private let softmax: Operation
    private let mix: MatrixProduct
    private let gradients: Gradients?

    private struct Gradients {
        let probabilities: MatrixProduct
        let values: MatrixProduct
        let queries: MatrixProduct
        let keys: MatrixProduct
        let attended: Tensor
        let attendedGradient: Tensor
        let scoreGradient: Tensor
    }

    /// Buffers that layers may share, since each uses them up within its own pass.
    public struct Workspace {
        let scores: Buffer
        let scoreGradient: Buffer?

        /// Allocates scores `[batch, heads, positions, positions]` and, for training, their gradient.
        public init(
            batch: Int, heads: Int, positions: Int, precision: Precision, training: Bool
        ) {
            let count = batch * heads * positions * positions
            scores = Buffer(.f32, count: count)
            scoreGradient = training ? Buffer(precision, count: count) : nil
        }
    }

    /// Prepares the layer.
    ///
    /// - Parameters:
    ///   - qkv: `[batch, positions, 3, heads, headWidth]`, queries, keys and values.
    ///   - heads: Attention heads.
    ///   - probabilities: Receives the softmax, `[batch, heads, positions, positions]`; kept for the backward pass.
    ///   - output: `[batch, positions, heads * headWidth]`.
    ///   - gradients: For training, the output's gradient and where to put that of `qkv`, shaped alike.
    ///   - workspace: Scratch.
    public init(
        qkv: Tensor, heads: Int, probabilities: Buffer, into output: Tensor,
        gradients: (output: Tensor, qkv: Tensor)? = nil, workspace: Workspace, on engine: Engine
    ) throws(EngineError) {
        let (batch, positions, width) = (output.shape[0], output.shape[1], output.shape[2])
        let square = [batch, heads, positions, positions]
        let scoreTensor = Tensor(workspace.scores, shape: square)
        let attended = Tensor(probabilities, shape: square)
        func part(_ index: Int, of tensor: Tensor, parts: Int) -> Tensor {
            Tensor(
                tensor.buffer, at: tensor.offset + index * width,
                shape: [batch, heads, positions, width / heads],
                strides: [positions * parts * width, width / heads, parts * width, 1])
        }
        let (q, k, v) = (part(0, of: qkv, parts: 3), part(1, of: qkv, parts: 3), part(2, of: qkv, parts: 3))
        scores = try MatrixProduct(q, k.transposed, into: scoreTensor, on: engine)
        softmax = try Operation(
            "a softmax", on: engine, operands: [(DNNL_ARG_SRC, scoreTensor), (DNNL_ARG_DST, attended)]
        ) { operation, tensors in
            var (source, result) = (tensors[0], tensors[1])
            return onednn_softmax_create(&operation, engine.handle, &source, &result)
        }
        mix = try MatrixProduct(attended, v, into: part(0, of: output, parts: 1), on: engine)

        guard let gradients, let scoreGradient = workspace.scoreGradient else {
            self.gradients = nil
            return
        }
        let dOutput = part(0, of: gradients.output, parts: 1)
        let dScores = Tensor(scoreGradient, shape: square)
        let dQKV = gradients.qkv
        self.gradients = Gradients(
            probabilities: try MatrixProduct(dOutput, v.transposed, into: scoreTensor, on: engine),
            values: try MatrixProduct(
                attended.transposed, dOutput, into: part(2, of: dQKV, parts: 3), on: engine),
            queries: try MatrixProduct(dScores, k, into: part(0, of: dQKV, parts: 3), on: engine),
            keys: try MatrixProduct(
                dScores.transposed, q, into: part(1, of: dQKV, parts: 3), on: engine),
            attended: attended, attendedGradient: scoreTensor, scoreGradient: dScores)
    }

    /// Computes the output.
    public func forward() throws(EngineError) {
        try scores.run()
        try softmax.run()
        try mix.run()
    }

    /// Computes the gradient of queries, keys and values.
    public func backward() throws(EngineError) {
        guard let gradients else { return }
        try gradients.values.run()
        try gradients.probabilities.run()
        let attended = gradients.attended.buffer
        withElement(of: attended.precision) {
            Self.softmaxBackward(
                attended.elements(Float.self), gradients, gradients.scoreGradient.buffer.elements(Float.self))
        } _: {
            Self.softmaxBackward(
                attended.elements(BrainFloat16.self), gradients,
                gradients.scoreGradient.buffer.elements(BrainFloat16.self))
        }
        try gradients.queries.run()
        try gradients.keys.run()
    }

    /// `dS = P (dP - sum of P dP)`, row by row.
    private static func softmaxBackward<E: Element>(
        _ attended: UnsafePointer<E>, _ gradients: Gradients, _ target: UnsafeMutablePointer<E>
    ) {
        let shape = gradients.attended.shape
        let columns = shape[3]
        let whole = columns & ~15
        let dAttended = gradients.attendedGradient.buffer.elements(Float.self)
        for row in 0..<(shape[0] * shape[1] * shape[2]) {
            let p = attended + row * columns
            let dp = dAttended + row * columns
            let ds = target + row * columns
            var sum = SIMD16<Float>.zero
            for i in vectors(whole) { sum += E.load(p + i) * Float.load(dp + i) }
            var total = sum.total
            for c in whole..<columns { total += p[c].single * dp[c] }
            for i in vectors(whole) { E.store(E.load(p + i) * (Float.load(dp + i) - total), to: ds + i) }
            for c in whole..<columns { ds[c] = E(nearest: p[c].single * (dp[c] - total)) }
        }
    }
}
