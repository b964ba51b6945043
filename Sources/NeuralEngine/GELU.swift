import COneDNN

/// GELU, tanh form: `y = x / 2 (1 + tanh(sqrt(2 / pi) (x + 0.044715 x^3)))`, forward and backward, by oneDNN.
public final class GELU {
    private let forwardOperation: Operation
    private let backwardOperation: Operation?

    /// Prepares `output = gelu(input)` and, given gradient buffers, `inputGradient` from `outputGradient`.
    ///
    /// All tensors have one shape and one precision; `inputGradient` may be `outputGradient`.
    public init(
        _ input: Tensor, into output: Tensor, gradients: (output: Tensor, input: Tensor)? = nil,
        on engine: Engine
    ) throws(EngineError) {
        forwardOperation = try Operation(
            "GELU", on: engine, operands: [(DNNL_ARG_SRC, input), (DNNL_ARG_DST, output)]
        ) { operation, tensors in
            var tensor = tensors[0]
            return onednn_gelu_create(&operation, engine.handle, &tensor, 0)
        }
        guard let gradients else {
            backwardOperation = nil
            return
        }
        backwardOperation = try Operation(
            "the gradient of GELU", on: engine,
            operands: [
                (DNNL_ARG_SRC, input), (DNNL_ARG_DIFF_DST, gradients.output),
                (DNNL_ARG_DIFF_SRC, gradients.input),
            ]
        ) { operation, tensors in
            var tensor = tensors[0]
            return onednn_gelu_create(&operation, engine.handle, &tensor, 1)
        }
    }

    /// Computes the output from the input.
    public func forward() throws(EngineError) { try forwardOperation.run() }

    /// Computes the input's gradient from the output's.
    public func backward() throws(EngineError) { try backwardOperation?.run() }
}
