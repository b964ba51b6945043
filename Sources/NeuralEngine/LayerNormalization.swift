/// Layer normalisation (Ba et al. 2016): `y = (x - mean) / sqrt(variance + 1e-5) gain + shift`, row by row.
///
/// Ours rather than oneDNN's because it reads f32 and writes the operands' precision in one pass, and because its
/// backward pass adds to the residual stream's gradient in place.
public final class LayerNormalization {
    private let rows: Int
    private let width: Int
    private let input: Tensor
    private let gain: Tensor
    private let shift: Tensor
    private let output: Tensor
    private let means: Buffer
    private let inverseDeviations: Buffer
    private static let epsilon: Float = 1e-5

    /// Prepares the layer.
    ///
    /// - Parameters:
    ///   - input: `[rows, width]`, f32.
    ///   - gain: `[width]`, f32.
    ///   - shift: `[width]`, f32.
    ///   - output: `[rows, width]`, either precision.
    /// - Precondition: `width` is a multiple of sixteen.
    public init(_ input: Tensor, gain: Tensor, shift: Tensor, into output: Tensor) {
        precondition(
            input.shape.count == 2 && input.shape[1] % 16 == 0, "layer normalisation of \(input.shape)")
        rows = input.shape[0]
        width = input.shape[1]
        self.input = input
        self.gain = gain
        self.shift = shift
        self.output = output
        means = Buffer(.f32, count: rows)
        inverseDeviations = Buffer(.f32, count: rows)
    }

    /// Computes the output from the input.
    public func forward() {
        withElement(of: output.buffer.precision) {
            forward(output.buffer.elements(Float.self, at: output.offset))
        } _: {
            forward(output.buffer.elements(BrainFloat16.self, at: output.offset))
        }
    }

    /// Adds the input's gradient to `inputGradient` and writes those of gain and shift.
    ///
    /// - Parameters:
    ///   - outputGradient: `[rows, width]`, either precision.
    ///   - inputGradient: `[rows, width]`, f32; added to.
    ///   - gainGradient: `[width]`, f32; overwritten.
    ///   - shiftGradient: `[width]`, f32; overwritten.
    public func backward(
        outputGradient: Tensor, inputGradient: Tensor, gainGradient: Tensor, shiftGradient: Tensor
    ) {
        let target = inputGradient.buffer.elements(Float.self, at: inputGradient.offset)
        let dGain = gainGradient.buffer.elements(Float.self, at: gainGradient.offset)
        let dShift = shiftGradient.buffer.elements(Float.self, at: shiftGradient.offset)
        withElement(of: outputGradient.buffer.precision) {
            backward(
                outputGradient.buffer.elements(Float.self, at: outputGradient.offset), target, dGain, dShift)
        } _: {
            backward(
                outputGradient.buffer.elements(BrainFloat16.self, at: outputGradient.offset), target, dGain,
                dShift)
        }
    }

    private func forward<E: Element>(_ output: UnsafeMutablePointer<E>) {
        let x = input.buffer.elements(Float.self, at: input.offset)
        let gain = gain.buffer.elements(Float.self, at: gain.offset)
        let shift = shift.buffer.elements(Float.self, at: shift.offset)
        let scale = 1 / Float(width)
        for row in 0..<rows {
            let line = x + row * width
            var sum = SIMD16<Float>.zero
            for i in vectors(width) { sum += Float.load(line + i) }
            let mean = sum.total * scale
            var squares = SIMD16<Float>.zero
            for i in vectors(width) {
                let centred = Float.load(line + i) - mean
                squares += centred * centred
            }
            let inverse = 1 / (squares.total * scale + Self.epsilon).squareRoot()
            means.floats[row] = mean
            inverseDeviations.floats[row] = inverse
            let out = output + row * width
            for i in vectors(width) {
                let normal = (Float.load(line + i) - mean) * inverse
                E.store(normal * Float.load(gain + i) + Float.load(shift + i), to: out + i)
            }
        }
    }

    private func backward<E: Element>(
        _ dOutput: UnsafePointer<E>, _ dInput: UnsafeMutablePointer<Float>,
        _ dGain: UnsafeMutablePointer<Float>,
        _ dShift: UnsafeMutablePointer<Float>
    ) {
        let x = input.buffer.elements(Float.self, at: input.offset)
        let gain = gain.buffer.elements(Float.self, at: gain.offset)
        let scale = 1 / Float(width)
        dGain.update(repeating: 0, count: width)
        dShift.update(repeating: 0, count: width)
        for row in 0..<rows {
            let line = x + row * width
            let dy = dOutput + row * width
            let dx = dInput + row * width
            let mean = means.floats[row]
            let inverse = inverseDeviations.floats[row]
            var sum = SIMD16<Float>.zero
            var product = SIMD16<Float>.zero
            for i in vectors(width) {
                let normal = (Float.load(line + i) - mean) * inverse
                let d = E.load(dy + i)
                let scaled = d * Float.load(gain + i)
                sum += scaled
                product += scaled * normal
                Float.store(Float.load(dGain + i) + d * normal, to: dGain + i)
                Float.store(Float.load(dShift + i) + d, to: dShift + i)
            }
            let meanGradient = sum.total * scale
            let meanProduct = product.total * scale
            for i in vectors(width) {
                let normal = (Float.load(line + i) - mean) * inverse
                let scaled = E.load(dy + i) * Float.load(gain + i)
                let d = (scaled - meanGradient - normal * meanProduct) * inverse
                Float.store(Float.load(dx + i) + d, to: dx + i)
            }
        }
    }
}
