/// A convolution along the positions that treats each channel by itself, "same" padding with zeros:
/// `y[b, p, c] = bias[c] + sum over k of kernel[k, c] x[b, p + k - radius, c]`.
public final class DepthwiseConvolution {
    private let batch: Int
    private let positions: Int
    private let computed: Range<Int>
    private let width: Int
    private let taps: Int
    private let input: Tensor
    private let kernel: Tensor
    private let bias: Tensor
    private let output: Tensor

    /// Prepares the layer.
    ///
    /// - Parameters:
    ///   - input: `[batch, positions, width]`, either precision.
    ///   - kernel: `[taps, width]`, f32; `taps` is odd.
    ///   - bias: `[width]`, f32.
    ///   - output: `[batch, positions, width]`, the input's precision.
    ///   - computed: The positions whose output `forward` computes; nil for all.
    /// - Precondition: `width` is a multiple of sixteen and `taps` is at most 15.
    public init(
        _ input: Tensor, kernel: Tensor, bias: Tensor, into output: Tensor, computed: Range<Int>? = nil
    ) {
        precondition(input.shape.count == 3 && input.shape[2] % 16 == 0, "convolution of \(input.shape)")
        precondition(kernel.shape[0] % 2 == 1 && kernel.shape[0] < 16, "\(kernel.shape[0]) taps")
        batch = input.shape[0]
        positions = input.shape[1]
        self.computed = computed ?? 0..<positions
        precondition(
            self.computed.clamped(to: 0..<positions) == self.computed, "\(self.computed) of \(positions)")
        width = input.shape[2]
        taps = kernel.shape[0]
        self.input = input
        self.kernel = kernel
        self.bias = bias
        self.output = output
    }

    /// Computes the output from the input.
    public func forward() {
        withElement(of: input.buffer.precision) {
            forward(Float.self)
        } _: {
            forward(BrainFloat16.self)
        }
    }

    /// Computes the gradients of input, kernel and bias from the output's; all are overwritten.
    public func backward(
        outputGradient: Tensor, inputGradient: Tensor, kernelGradient: Tensor, biasGradient: Tensor
    ) {
        withElement(of: input.buffer.precision) {
            backward(Float.self, outputGradient, inputGradient, kernelGradient, biasGradient)
        } _: {
            backward(BrainFloat16.self, outputGradient, inputGradient, kernelGradient, biasGradient)
        }
    }

    private func forward<E: Element>(_ type: E.Type) {
        let x = input.buffer.elements(E.self, at: input.offset)
        let y = output.buffer.elements(E.self, at: output.offset)
        let w = kernel.buffer.elements(Float.self, at: kernel.offset)
        let b = bias.buffer.elements(Float.self, at: bias.offset)
        // Local copies stay in registers where properties would be read again after each store.
        let (positions, width, taps, radius) = (positions, width, taps, taps / 2)
        for sequence in 0..<batch {
            for position in computed {
                // The taps that fall inside the sequence.
                let first = max(0, radius - position)
                let end = min(taps, positions + radius - position)
                let row = sequence * positions + position
                for c in vectors(width) {
                    var sum = Float.load(b + c)
                    var k = first
                    while k < end {
                        sum += Float.load(w + k * width + c) * E.load(x + (row + k - radius) * width + c)
                        k += 1
                    }
                    E.store(sum, to: y + row * width + c)
                }
            }
        }
    }

    private func backward<E: Element>(
        _ type: E.Type, _ outputGradient: Tensor, _ inputGradient: Tensor, _ kernelGradient: Tensor,
        _ biasGradient: Tensor
    ) {
        let x = input.buffer.elements(E.self, at: input.offset)
        let dy = outputGradient.buffer.elements(E.self, at: outputGradient.offset)
        let dx = inputGradient.buffer.elements(E.self, at: inputGradient.offset)
        let w = kernel.buffer.elements(Float.self, at: kernel.offset)
        let dw = kernelGradient.buffer.elements(Float.self, at: kernelGradient.offset)
        let (positions, width, taps, radius) = (positions, width, taps, taps / 2)
        dw.update(repeating: 0, count: taps * width)
        for sequence in 0..<batch {
            for position in 0..<positions {
                let row = sequence * positions + position
                // The output at q reads the input at q + k - radius: here q = position - k + radius.
                let first = max(0, position + radius - positions + 1)
                let end = min(taps, position + radius + 1)
                for c in vectors(width) {
                    var sum = SIMD16<Float>.zero
                    let here = E.load(x + row * width + c)
                    var k = first
                    while k < end {
                        let d = E.load(dy + (row - k + radius) * width + c)
                        sum += Float.load(w + k * width + c) * d
                        let slot = dw + k * width + c
                        Float.store(Float.load(slot) + here * d, to: slot)
                        k += 1
                    }
                    E.store(sum, to: dx + row * width + c)
                }
            }
        }
        let db = biasGradient.buffer.elements(Float.self, at: biasGradient.offset)
        sumColumns(dy, rows: batch * positions, columns: width, into: db)
    }
}
