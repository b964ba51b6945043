import NeuralEngine
import TestSupport
import Testing

@Suite struct DepthwiseConvolutionTests {
    /// `y[b, p, c] = bias[c] + sum over k of kernel[k, c] x[b, p + k - radius, c]`, zeros beyond the ends.
    private func reference(_ x: [Double], _ kernel: [Double], _ bias: [Double], positions: Int) -> [Double] {
        let width = bias.count
        let taps = kernel.count / width
        return x.indices.map { i in
            let (sequence, position, c) = (i / width / positions, i / width % positions, i % width)
            return (0..<taps).reduce(bias[c]) { sum, k in
                let source = position + k - taps / 2
                guard (0..<positions).contains(source) else { return sum }
                return sum + kernel[k * width + c] * x[(sequence * positions + source) * width + c]
            }
        }
    }

    /// Shapes `[batch, positions, width, taps]`; some sequences are shorter than the kernel.
    @Test(
        arguments: Precision.allCases,
        [[1, 1, 16, 3], [2, 3, 16, 5], [3, 7, 32, 1], [1, 17, 48, 15], [2, 4, 16, 15]])
    func equalsTheFormulaAndItsDerivative(_ precision: Precision, _ size: [Int]) {
        var generator = SeededGenerator(seed: 40)
        let shape = Array(size[0..<3])
        let (count, positions, width, taps) = (shape.reduce(1, *), size[1], size[2], size[3])
        let (input, x) = randomBuffer(precision, count: count, using: &generator)
        let (kernel, w) = randomBuffer(.f32, count: taps * width, using: &generator)
        let (bias, b) = randomBuffer(.f32, count: width, using: &generator)
        let output = Buffer(precision, count: count)
        let layer = DepthwiseConvolution(
            Tensor(input, shape: shape), kernel: Tensor(kernel, shape: [taps, width]),
            bias: Tensor(bias, shape: [width]), into: Tensor(output, shape: shape))
        layer.forward()
        expectClose(output, reference(x, w, b, positions: positions), "\(size) in \(precision)")

        let (outputGradient, d) = randomBuffer(precision, count: count, using: &generator)
        let (inputGradient, kernelGradient, biasGradient) = (
            Buffer(precision, count: count), buffer([Float](repeating: 3, count: taps * width)),
            Buffer(.f32, count: width)
        )
        layer.backward(
            outputGradient: Tensor(outputGradient, shape: shape),
            inputGradient: Tensor(inputGradient, shape: shape),
            kernelGradient: Tensor(kernelGradient, shape: [taps, width]),
            biasGradient: Tensor(biasGradient, shape: [width]))
        expectClose(
            inputGradient, numericalGradient(at: x) { dot(reference($0, w, b, positions: positions), d) },
            "input of \(size) in \(precision)")
        expectClose(
            kernelGradient, numericalGradient(at: w) { dot(reference(x, $0, b, positions: positions), d) },
            "kernel of \(size) in \(precision)")
        expectClose(
            biasGradient, numericalGradient(at: b) { dot(reference(x, w, $0, positions: positions), d) },
            "bias of \(size) in \(precision)")
    }
}
