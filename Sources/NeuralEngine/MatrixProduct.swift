import COneDNN

/// `result = a b + bias`, by oneDNN, for one or many matrices at once.
public final class MatrixProduct {
    /// What the kernel does to the product before it writes it.
    public enum Epilogue: Sendable {
        /// Nothing.
        case none
        /// The GELU (tanh form) of each element.
        case gelu
        /// The product is added to what `result` holds.
        case accumulate
    }

    private let operation: Operation
    private let operands: [Tensor]

    /// Prepares the product.
    ///
    /// - Parameters:
    ///   - a: `[..., M, K]`.
    ///   - b: `[..., K, N]`.
    ///   - bias: `[N]` in f32, added to each row, or nil.
    ///   - result: `[..., M, N]`.
    ///   - epilogue: What is done to the product.
    public init(
        _ a: Tensor, _ b: Tensor, bias: Tensor? = nil, into result: Tensor, then epilogue: Epilogue = .none,
        on engine: Engine
    ) throws(EngineError) {
        var operands = [(DNNL_ARG_SRC, a), (DNNL_ARG_WEIGHTS, b), (DNNL_ARG_DST, result)]
        if let bias {
            let row = Tensor(bias.buffer, at: bias.offset, shape: [1, bias.shape[0]])
            operands.append((DNNL_ARG_BIAS, row))
        }
        self.operands = [a, b, result]
        let after =
            switch epilogue {
            case .none: onednn_then_nothing
            case .gelu: onednn_then_gelu
            case .accumulate: onednn_then_accumulate
            }
        operation = try Operation("a matrix product", on: engine, operands: operands) { operation, tensors in
            var (a, b, result) = (tensors[0], tensors[1], tensors[2])
            var bias = tensors.count > 3 ? tensors[3] : onednn_tensor()
            return onednn_matmul_create(&operation, engine.handle, &a, &b, &bias, &result, after)
        }
    }

    /// Computes the product.
    public func run() throws(EngineError) { try operation.run() }

    /// Computes the product of matrices of the same shapes and strides elsewhere in the buffers.
    ///
    /// - Parameters:
    ///   - a: How many elements further on the first matrix lies than that the product was prepared for; so for the
    ///     others.
    public func run(shiftedBy a: Int, _ b: Int, result: Int) throws(EngineError) {
        for (index, shift) in [a, b, result].enumerated() {
            let (tensor, offset) = (operands[index], operands[index].offset + shift)
            try operation.move(
                index, to: tensor.buffer.pointer + offset * tensor.buffer.precision.byteCount)
        }
        try operation.run()
    }
}
