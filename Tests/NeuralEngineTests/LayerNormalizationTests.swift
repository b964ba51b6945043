import NeuralEngine
import TestSupport
import Testing

@Suite struct LayerNormalizationTests {
    /// `(x - mean) / sqrt(variance + 1e-5) gain + shift`, row by row.
    private func reference(_ x: [Double], _ gain: [Double], _ shift: [Double]) -> [Double] {
        let width = gain.count
        return stride(from: 0, to: x.count, by: width).flatMap { start in
            let row = x[start..<start + width]
            let mean = row.reduce(0, +) / Double(width)
            let variance = row.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / Double(width)
            return row.enumerated().map { i, value in
                (value - mean) / (variance + 1e-5).squareRoot() * gain[i] + shift[i]
            }
        }
    }

    @Test(arguments: Precision.allCases, [[1, 16], [5, 48], [3, 256]])
    func equalsTheFormulaAndItsDerivative(_ precision: Precision, _ shape: [Int]) {
        var generator = SeededGenerator(seed: 30)
        let (rows, width) = (shape[0], shape[1])
        let (input, x) = randomBuffer(.f32, count: rows * width, using: &generator)
        let (gain, g) = randomBuffer(.f32, count: width, using: &generator)
        let (shift, s) = randomBuffer(.f32, count: width, using: &generator)
        let output = Buffer(precision, count: rows * width)
        let layer = LayerNormalization(
            Tensor(input, shape: shape), gain: Tensor(gain, shape: [width]),
            shift: Tensor(shift, shape: [width]),
            into: Tensor(output, shape: shape))
        layer.forward()
        expectClose(output, reference(x, g, s), "\(shape) in \(precision)")

        let (outputGradient, d) = randomBuffer(precision, count: rows * width, using: &generator)
        let (inputGradient, before) = randomBuffer(.f32, count: rows * width, using: &generator)
        let (gainGradient, shiftGradient) = (
            Buffer(.f32, count: width), buffer([Float](repeating: 5, count: width))
        )
        layer.backward(
            outputGradient: Tensor(outputGradient, shape: shape),
            inputGradient: Tensor(inputGradient, shape: shape),
            gainGradient: Tensor(gainGradient, shape: [width]),
            shiftGradient: Tensor(shiftGradient, shape: [width]))
        let dx = numericalGradient(at: x) { dot(reference($0, g, s), d) }
        // The gradient is in f32 whatever the precision of the operands.
        expectClose(
            inputGradient, zip(before, dx).map(+), absolute: 2e-5, relative: 1e-5, "input of \(shape)")
        expectClose(
            gainGradient, numericalGradient(at: g) { dot(reference(x, $0, s), d) }, absolute: 2e-5,
            relative: 1e-5,
            "gain of \(shape)")
        expectClose(
            shiftGradient, numericalGradient(at: s) { dot(reference(x, g, $0), d) }, absolute: 2e-5,
            relative: 1e-5,
            "shift of \(shape)")
    }

    @Test func rowsFarFromZeroKeepTheirSpread() {
        let width = 64
        let x = (0..<width).map { Float(10_000 + ($0 % 2 == 0 ? 1 : -1)) }
        let output = Buffer(.f32, count: width)
        let ones = buffer([Float](repeating: 1, count: width))
        LayerNormalization(
            Tensor(buffer(x), shape: [1, width]), gain: Tensor(ones, shape: [width]),
            shift: Tensor(Buffer(.f32, count: width), shape: [width]),
            into: Tensor(output, shape: [1, width])
        ).forward()
        expectClose(
            output, (0..<width).map { $0 % 2 == 0 ? 1 : -1 }, absolute: 1e-4, relative: 0, "far from zero")
    }
}
