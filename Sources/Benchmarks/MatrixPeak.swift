import NeuralEngine

/// What the machine can multiply: the rate of a large matrix product, against which all else is measured.
public enum MatrixPeak {
    /// The best rate of several runs of a product of 2048 x 1024 by 1024 x 1024 numbers, floating-point operations a second.
    public static func measure(_ precision: Precision, threads: Int) throws -> Double {
        Engine.useThreads(threads)
        let (rows, inner, columns) = (2_048, 1_024, 1_024)
        let operands = [rows * inner, inner * columns].map { count in
            let values = Buffer(.f32, count: count)
            for i in 0..<count { values.floats[i] = Float(i % 17) / 17 - 0.5 }
            guard precision == .bf16 else { return values }
            let rounded = Buffer(.bf16, count: count)
            rounded.round(values)
            return rounded
        }
        let product = try MatrixProduct(
            Tensor(operands[0], shape: [rows, inner]), Tensor(operands[1], shape: [inner, columns]),
            into: Tensor(Buffer(.f32, count: rows * columns), shape: [rows, columns]), on: Engine())
        let best = try (0..<20).map { _ in try Stopwatch.median(runs: 1, warmups: 0) { try product.run() } }
            .min()
        return 2 * Double(rows * inner * columns) / (best ?? .infinity)
    }
}
