import NeuralEngine

/// The parameters as a plan sees them: the flat vectors and the views into them.
struct Weights {
    let layout: ParameterLayout
    /// The parameters in f32; those matrices may be missing that `operands` holds.
    let parameters: Buffer
    /// The matrices in the precision of the matrix products; `parameters` itself for f32.
    let operands: Buffer
    /// Their gradients, f32; nil unless training.
    let gradients: Buffer?

    func has(_ name: String) -> Bool { layout.entries.contains { $0.name == name } }

    /// A parameter in f32.
    ///
    /// - Precondition: It is no matrix, or matrix products are in f32.
    subscript(name: String) -> Tensor {
        precondition(operands === parameters || !layout[name].decays, "\(name) in f32")
        return Tensor(parameters, at: layout[name].offset, shape: layout[name].shape)
    }

    /// A parameter in the precision of the matrix products.
    func operand(_ name: String) -> Tensor {
        Tensor(operands, at: layout[name].offset, shape: layout[name].shape)
    }

    /// The gradient of a parameter.
    func gradient(_ name: String) -> Tensor {
        guard let gradients else { preconditionFailure("gradient of \(name) outside training") }
        return Tensor(gradients, at: layout[name].offset, shape: layout[name].shape)
    }
}

/// `y = x matrix + bias`, forward and backward.
final class Linear {
    private let product: MatrixProduct
    private let backwardProducts: [MatrixProduct]
    private let biasGradient: (output: Tensor, target: Tensor)?

    /// Prepares the layer.
    ///
    /// - Parameters:
    ///   - name: Its parameters are `name.matrix`, `[in, out]`, and `name.bias`, `[out]`.
    ///   - input: `[rows, in]`.
    ///   - output: `[rows, out]`.
    ///   - gradients: For training: the output's gradient and where to put the input's, both in the precision of
    ///     the matrix products.
    init(
        _ name: String, _ weights: Weights, input: Tensor, output: Tensor,
        then epilogue: MatrixProduct.Epilogue = .none,
        gradients: (output: Buffer, input: Buffer)? = nil, on engine: Engine
    ) throws(EngineError) {
        let matrix = weights.operand(name + ".matrix")
        product = try MatrixProduct(
            input, matrix, bias: weights[name + ".bias"], into: output, then: epilogue, on: engine)
        guard let gradients else {
            backwardProducts = []
            biasGradient = nil
            return
        }
        let dOutput = Tensor(gradients.output, shape: output.shape)
        let dInput = Tensor(gradients.input, shape: input.shape)
        backwardProducts = [
            try MatrixProduct(
                input.transposed, dOutput, into: weights.gradient(name + ".matrix"), on: engine),
            try MatrixProduct(dOutput, matrix.transposed, into: dInput, on: engine),
        ]
        biasGradient = (dOutput, weights.gradient(name + ".bias"))
    }

    /// Computes the output.
    func forward() throws(EngineError) { try product.run() }

    /// Computes the gradients of matrix, bias and input from the output's.
    func backward() throws(EngineError) {
        for product in backwardProducts { try product.run() }
        if let biasGradient { sumRows(of: biasGradient.output, into: biasGradient.target) }
    }
}
