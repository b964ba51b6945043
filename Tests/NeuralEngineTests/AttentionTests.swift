import Foundation
import NeuralEngine
import TestSupport
import Testing

@Suite struct AttentionTests {
    /// What an attention layer computes, in plain loops over `[batch, positions, 3, heads, headWidth]`.
    private struct Reference {
        let batch, heads, positions, headWidth: Int
        var dropout: DropoutMask?
        var width: Int { heads * headWidth }

        func callAsFunction(_ qkv: [Double]) -> [Double] {
            var result = [Double](repeating: 0, count: batch * positions * width)
            for b in 0..<batch {
                for h in 0..<heads {
                    func part(_ index: Int, _ position: Int) -> ArraySlice<Double> {
                        let start = (b * positions + position) * 3 * width + index * width + h * headWidth
                        return qkv[start..<start + headWidth]
                    }
                    for p in 0..<positions {
                        let scores = (0..<positions).map {
                            zip(part(0, p), part(1, $0)).reduce(0) { $0 + $1.0 * $1.1 }
                        }
                        let highest = scores.max() ?? 0
                        let powers = scores.map { exp($0 - highest) }
                        let total = powers.reduce(0, +)
                        for q in 0..<positions {
                            let kept = mask(((b * heads + h) * positions + p) * positions + q)
                            for (i, value) in part(2, q).enumerated() {
                                result[(b * positions + p) * width + h * headWidth + i] +=
                                    powers[q] / total * kept * value
                            }
                        }
                    }
                }
            }
            return result
        }

        private func mask(_ index: Int) -> Double {
            dropout.map { Double($0.apply(1, at: index, seed: 5)) } ?? 1
        }
    }

    /// Batch, heads, positions, threads: positions below, at and above the length of a vector and of a tile.
    @Test(
        arguments: productPrecisions,
        [[1, 1, 1, 1], [2, 1, 7, 2], [1, 3, 16, 1], [3, 2, 5, 2], [1, 2, 19, 2], [1, 1, 150, 1]])
    func equalsTheFormulaAndItsDerivative(_ precision: Precision, _ size: [Int]) throws {
        try check(precision, size, dropout: nil)
    }

    /// A mask on the probabilities, the same in both passes.
    @Test(arguments: productPrecisions, [[2, 1, 7, 2], [3, 2, 5, 2], [1, 2, 19, 2], [1, 1, 150, 1]])
    func leavesOutProbabilitiesInBothPasses(_ precision: Precision, _ size: [Int]) throws {
        try check(precision, size, dropout: DropoutMask(rate: 0.3, salt: 4))
    }

    private func check(_ precision: Precision, _ size: [Int], dropout: DropoutMask?) throws {
        Engine.useThreads(1)
        var generator = SeededGenerator(seed: 60)
        let reference = Reference(
            batch: size[0], heads: size[1], positions: size[2], headWidth: 32, dropout: dropout)
        let shape = [size[0], size[2], reference.width]
        let count = shape.reduce(1, *)
        // Queries come scaled, so that scores are of the order of 1.
        let single = randomBuffer(.f32, count: 3 * count, using: &generator).buffer
        for i in 0..<3 * count where i / reference.width % 3 == 0 {
            single.floats[i] /= Float(32).squareRoot()
        }
        let qkv = Buffer(precision, count: 3 * count)
        if precision == .f32 {
            qkv.floats.baseAddress?.update(from: single.values, count: 3 * count)
        } else {
            qkv.round(single)
        }
        let x = qkv.values.map(Double.init)
        let (output, qkvGradient) = (Buffer(precision, count: count), Buffer(precision, count: 3 * count))
        let (outputGradient, d) = randomBuffer(precision, count: count, using: &generator)
        let rows = [size[0] * size[2], 3 * reference.width]
        let layer = try Attention(
            qkv: Tensor(qkv, shape: rows), into: Tensor(output, shape: shape),
            gradients: (Tensor(outputGradient, shape: shape), Tensor(qkvGradient, shape: rows)),
            dropout: dropout,
            workspace: .init(
                batch: size[0], heads: size[1], headWidth: 32, positions: size[2], precision: precision,
                training: true, threads: size[3]))
        try layer.forward(seed: 5)
        let name = "\(size) in \(precision)"
        // In bf16 the probabilities are rounded before they weigh the values.
        let tolerance = precision == .f32 ? 1e-5 : 1e-2
        expectClose(output, reference(x), absolute: tolerance, relative: tolerance, name)
        try layer.backward(seed: 5)
        let gradient = qkvGradient.values
        for _ in 0..<60 {
            let i = Int.random(in: 0..<3 * count, using: &generator)
            var (above, below) = (x, x)
            above[i] += 1e-4
            below[i] -= 1e-4
            let expected = (dot(reference(above), d) - dot(reference(below), d)) / 2e-4
            let allowed = precision == .f32 ? 2e-5 + 1e-4 * abs(expected) : 4e-2 + 2e-2 * abs(expected)
            #expect(
                abs(Double(gradient[i]) - expected) < allowed,
                "gradient \(i) of \(name): \(gradient[i]), \(expected)")
        }
    }

    @Test func withoutTrainingGivesTheSame() throws {
        Engine.useThreads(1)
        var generator = SeededGenerator(seed: 61)
        let (qkv, _) = randomBuffer(.f32, count: 2 * 9 * 3 * 64, using: &generator)
        func output(training: Bool) throws -> [Float] {
            let output = Buffer(.f32, count: 2 * 9 * 64)
            let gradients = (
                Tensor(Buffer(.f32, count: 2 * 9 * 64), shape: [2, 9, 64]), Tensor(qkv, shape: [18, 192])
            )
            try Attention(
                qkv: Tensor(qkv, shape: [18, 192]), into: Tensor(output, shape: [2, 9, 64]),
                gradients: training ? gradients : nil,
                workspace: .init(
                    batch: 2, heads: 2, headWidth: 32, positions: 9, precision: .f32, training: training)
            ).forward()
            return output.values
        }
        #expect(try output(training: true) == output(training: false))
    }
}
