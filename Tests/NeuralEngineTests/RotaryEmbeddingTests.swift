import Foundation
import NeuralEngine
import TestSupport
import Testing

@Suite struct RotaryEmbeddingTests {
    /// Pairs `i`, `i + half` turned by `place 10000^(-2 i / headWidth)`; queries scaled by `headWidth^(-1/2)`.
    private func reference(_ x: [Double], places: [Int], heads: Int, headWidth: Int) -> [Double] {
        var y = x
        let half = headWidth / 2
        for vector in 0..<x.count / headWidth {
            let part = vector / heads % 3
            let place = places[vector / heads / 3 % places.count]
            guard part < 2 else { continue }
            let scale = part == 0 ? 1 / Double(headWidth).squareRoot() : 1
            for i in 0..<half {
                let angle = Double(place) * pow(10_000, -2 * Double(i) / Double(headWidth))
                let (a, b) = (x[vector * headWidth + i] * scale, x[vector * headWidth + half + i] * scale)
                y[vector * headWidth + i] = a * cos(angle) - b * sin(angle)
                y[vector * headWidth + half + i] = a * sin(angle) + b * cos(angle)
            }
        }
        return y
    }

    /// Shapes `[batch, heads, headWidth]`.
    @Test(arguments: Precision.allCases, [[1, 1, 32], [3, 2, 32], [2, 3, 64]])
    func equalsTheFormulaAndItsTranspose(_ precision: Precision, _ size: [Int]) {
        var generator = SeededGenerator(seed: 50)
        let (batch, heads, headWidth) = (size[0], size[1], size[2])
        let places = [0, 1, 1, 5, 127, 2_000, 3]
        let shape = [batch * places.count, 3 * heads * headWidth]
        let count = shape[0] * shape[1]
        let layer = RotaryEmbedding(batch: batch, places: places, heads: heads, headWidth: headWidth)
        let (qkv, x) = randomBuffer(precision, count: count, using: &generator)
        layer.forward(Tensor(qkv, shape: shape))
        let turned = reference(x, places: places, heads: heads, headWidth: headWidth)
        expectClose(qkv, turned, "\(size) in \(precision)")

        // The layer is linear: its gradient is its transpose, so <forward x, d> = <x, backward d> for any x.
        let (gradient, d) = randomBuffer(precision, count: count, using: &generator)
        layer.backward(Tensor(gradient, shape: shape))
        let expected = numericalGradient(at: Array(x[0..<64])) { start in
            let moved = reference(
                start + x[64...], places: places, heads: heads, headWidth: headWidth)
            return dot(moved, d)
        }
        for (i, value) in expected.enumerated() {
            let tolerance = precision == .f32 ? 1e-5 : 1e-2
            #expect(abs(Double(gradient.values[i]) - value) < tolerance, "element \(i) in \(precision)")
        }
        let product = dot(x, gradient.values.map(Double.init))
        let tolerance = precision == .f32 ? 1e-6 : 1e-3
        #expect(abs(product - dot(turned, d)) < tolerance * Double(count), "the transpose in \(precision)")
    }

    @Test func productsDependOnTheDistanceAlone() {
        var generator = SeededGenerator(seed: 51)
        let (row, values) = randomBuffer(.f32, count: 96, using: &generator)
        func score(_ first: Int, _ second: Int) -> Float {
            let qkv = buffer(row.values + row.values)
            RotaryEmbedding(batch: 1, places: [first, second], heads: 1, headWidth: 32)
                .forward(Tensor(qkv, shape: [2, 96]))
            return (0..<32).reduce(0) { $0 + qkv.floats[$1] * qkv.floats[96 + 32 + $1] }
        }
        #expect(abs(score(3, 10) - score(90, 97)) < 1e-4)
        #expect(abs(score(3, 10) - score(3, 11)) > 1e-2, "\(values.count) numbers")
    }
}
