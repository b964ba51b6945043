import Foundation
import NeuralEngine
import TestSupport
import Testing

/// Products, whole and batched, dense and strided, beside three nested loops.
@Suite struct MatrixProductTests {
    /// `[m, n] = [m, k] [k, n]`.
    private func product(_ a: [Double], _ b: [Double], _ m: Int, _ k: Int, _ n: Int) -> [Double] {
        (0..<m * n).map { i in (0..<k).reduce(0) { $0 + a[i / n * k + $1] * b[$1 * n + i % n] } }
    }

    private static let sizes = [[1, 32, 7], [7, 5, 3], [33, 64, 16], [100, 17, 129], [16, 256, 48]]

    @Test(arguments: productPrecisions, sizes)
    func addsBias(_ precision: Precision, _ size: [Int]) throws {
        Engine.useThreads(1)
        var generator = SeededGenerator(seed: 10)
        let (m, k, n) = (size[0], size[1], size[2])
        let (a, aValues) = randomBuffer(precision, count: m * k, using: &generator)
        let (b, bValues) = randomBuffer(precision, count: k * n, using: &generator)
        let (bias, biasValues) = randomBuffer(.f32, count: n, using: &generator)
        let expected = product(aValues, bValues, m, k, n).enumerated().map { $1 + biasValues[$0 % n] }
        for target in Set([precision, .f32]) {
            let result = Buffer(target, count: m * n)
            try MatrixProduct(
                Tensor(a, shape: [m, k]), Tensor(b, shape: [k, n]), bias: Tensor(bias, shape: [n]),
                into: Tensor(result, shape: [m, n]), on: Engine()
            ).run()
            // Sums of k products of the order of 1.
            let relative = target == .f32 ? 1e-6 : 0x1p-8
            expectClose(
                result, expected, absolute: 1e-4, relative: relative, "\(size) in \(precision) to \(target)")
        }
    }

    @Test(arguments: productPrecisions, sizes)
    func appliesGELU(_ precision: Precision, _ size: [Int]) throws {
        Engine.useThreads(1)
        var generator = SeededGenerator(seed: 11)
        let (m, k, n) = (size[0], size[1], size[2])
        let (a, aValues) = randomBuffer(precision, count: m * k, using: &generator)
        let (b, bValues) = randomBuffer(precision, count: k * n, using: &generator)
        let result = Buffer(precision, count: m * n)
        try MatrixProduct(
            Tensor(a, shape: [m, k]), Tensor(b, shape: [k, n]), into: Tensor(result, shape: [m, n]),
            then: .gelu,
            on: Engine()
        ).run()
        let expected = product(aValues, bValues, m, k, n).map(GELUTests.gelu)
        expectClose(
            result, expected, absolute: 1e-4, relative: precision == .f32 ? 1e-5 : 0x1p-8,
            "\(size) in \(precision)")
    }

    @Test(arguments: productPrecisions, sizes)
    func accumulatesInSingle(_ precision: Precision, _ size: [Int]) throws {
        Engine.useThreads(1)
        var generator = SeededGenerator(seed: 12)
        let (m, k, n) = (size[0], size[1], size[2])
        let (a, aValues) = randomBuffer(precision, count: m * k, using: &generator)
        let (b, bValues) = randomBuffer(precision, count: k * n, using: &generator)
        let (bias, biasValues) = randomBuffer(.f32, count: n, using: &generator)
        let (result, before) = randomBuffer(.f32, count: m * n, using: &generator)
        try MatrixProduct(
            Tensor(a, shape: [m, k]), Tensor(b, shape: [k, n]), bias: Tensor(bias, shape: [n]),
            into: Tensor(result, shape: [m, n]), then: .accumulate, on: Engine()
        ).run()
        let expected = product(aValues, bValues, m, k, n).enumerated().map {
            $1 + biasValues[$0 % n] + before[$0]
        }
        expectClose(result, expected, absolute: 1e-4, relative: 1e-6, "\(size) in \(precision)")
    }

    @Test(arguments: productPrecisions, sizes)
    func transposesEitherSide(_ precision: Precision, _ size: [Int]) throws {
        Engine.useThreads(1)
        var generator = SeededGenerator(seed: 13)
        let (m, k, n) = (size[0], size[1], size[2])
        let (a, aValues) = randomBuffer(precision, count: m * k, using: &generator)
        let (b, bValues) = randomBuffer(precision, count: k * n, using: &generator)
        // Both lie in memory the other way round: [k, m] and [n, k].
        let expected = product(
            (0..<m * k).map { aValues[$0 % k * m + $0 / k] },
            (0..<k * n).map { bValues[$0 % n * k + $0 / n] }, m, k, n)
        let result = Buffer(.f32, count: m * n)
        try MatrixProduct(
            Tensor(a, shape: [k, m]).transposed, Tensor(b, shape: [n, k]).transposed,
            into: Tensor(result, shape: [m, n]), on: Engine()
        ).run()
        expectClose(result, expected, absolute: 1e-4, relative: 1e-6, "\(size) in \(precision)")
    }

    /// Heads that lie interleaved in one buffer, written interleaved too, as attention has them.
    @Test(arguments: productPrecisions, [[1, 1, 5, 3], [2, 3, 7, 32], [3, 2, 17, 5]])
    func multipliesInterleavedBatches(_ precision: Precision, _ size: [Int]) throws {
        Engine.useThreads(1)
        var generator = SeededGenerator(seed: 14)
        let (batch, heads, positions, width) = (size[0], size[1], size[2], size[3])
        let shape = [batch, heads, positions, width]
        let row = heads * width
        let strides = [positions * row, width, row, 1]
        let count = batch * positions * row
        let (weights, weightValues) = randomBuffer(
            precision, count: batch * heads * positions * positions, using: &generator)
        // The second of three parts of a wider row, to test the offset.
        let (values, valueValues) = randomBuffer(precision, count: 3 * count, using: &generator)
        let result = Buffer(precision, count: count)
        try MatrixProduct(
            Tensor(weights, shape: [batch, heads, positions, positions]),
            Tensor(values, at: row, shape: shape, strides: [3 * positions * row, width, 3 * row, 1]),
            into: Tensor(result, shape: shape, strides: strides), on: Engine()
        ).run()
        var expected = [Double](repeating: 0, count: count)
        for b in 0..<batch {
            for h in 0..<heads {
                for p in 0..<positions {
                    for i in 0..<width {
                        expected[(b * positions + p) * row + h * width + i] = (0..<positions).reduce(0) {
                            sum, q in
                            let weight = weightValues[((b * heads + h) * positions + p) * positions + q]
                            return sum + weight
                                * valueValues[(b * positions + q) * 3 * row + row + h * width + i]
                        }
                    }
                }
            }
        }
        expectClose(
            result, expected, absolute: 1e-4, relative: precision == .f32 ? 1e-6 : 0x1p-8,
            "\(size) in \(precision)")
    }

    @Test func saysWhatCannotBePrepared() throws {
        let tensor = Tensor(Buffer(.f32, count: 12), shape: [3, 4])
        let error = #expect(throws: EngineError.self) {
            try MatrixProduct(tensor, tensor, into: tensor, on: Engine())
        }
        #expect(error?.description.contains("[3, 4]") == true)
    }
}

/// GELU in its tanh form, and its gradient.
@Suite struct GELUTests {
    static func gelu(_ x: Double) -> Double {
        0.5 * x * (1 + tanh((2 / Double.pi).squareRoot() * (x + 0.044715 * x * x * x)))
    }

    @Test(arguments: productPrecisions)
    func equalsTheFormulaAndItsDerivative(_ precision: Precision) throws {
        Engine.useThreads(1)
        var generator = SeededGenerator(seed: 15)
        let shape = [7, 33]
        let (input, values) = randomBuffer(precision, count: 7 * 33, using: &generator)
        let (gradient, weights) = randomBuffer(precision, count: 7 * 33, using: &generator)
        let output = Buffer(precision, count: 7 * 33)
        // The gradient is overwritten in place, as the blocks do.
        let layer = try GELU(
            Tensor(input, shape: shape), into: Tensor(output, shape: shape),
            gradients: (Tensor(gradient, shape: shape), Tensor(gradient, shape: shape)), on: Engine())
        try layer.forward()
        try layer.backward()
        expectClose(output, values.map(Self.gelu), "GELU in \(precision)")
        let expected = zip(values, weights).map { x, d in
            d * (Self.gelu(x + 1e-5) - Self.gelu(x - 1e-5)) / 2e-5
        }
        expectClose(gradient, expected, "gradient of GELU in \(precision)")
    }
}
