import Foundation
import NeuralEngine
import TestSupport
import Testing

/// The exponential, rounding to bf16, and sums of columns.
@Suite struct VectorMathTests {
    @Test func exponentialIsAccurate() {
        var worst = 0.0
        for start in stride(from: -87.0, to: 88, by: 0.004) {
            let x = SIMD16<Float>((0..<16).map { Float(start) + Float($0) * 0.000_25 })
            let y = exponential(x)
            for lane in 0..<16 where x[lane] >= -87 && x[lane] <= 88 {
                let exact = exp(Double(x[lane]))
                worst = max(worst, abs(Double(y[lane]) - exact) / exact)
            }
        }
        #expect(worst < 3e-7, "relative error \(worst)")
    }

    @Test func exponentialAtTheEnds() {
        let x = SIMD16<Float>([
            0, -0.0, -87.01, -100, -1e30, -.infinity, 88, 89, 1e30, .infinity, .nan, -.nan, 1, -1,
            .leastNonzeroMagnitude,
            -.leastNonzeroMagnitude,
        ])
        let y = exponential(x)
        #expect(y[0] == 1 && y[1] == 1 && y[14] == 1 && y[15] == 1)
        for lane in 2...5 { #expect(y[lane] == 0, "e^\(x[lane])") }
        for lane in 7...9 { #expect(y[lane] == y[6], "e^\(x[lane])") }
        #expect(abs(y[12] - Float(M_E)) < 1e-6 && abs(y[13] - 1 / Float(M_E)) < 1e-7)
    }

    @Test func roundsToNearestWithTiesToEven() {
        // 1 + 2^-7 is the brain float after 1; between them lies the tie 1 + 2^-8.
        let cases: [(Float, UInt16)] = [
            (1, 0x3F80), (1 + 0x1p-8, 0x3F80), ((1 + 0x1p-8).nextUp, 0x3F81), (1 + 0x1p-7, 0x3F81),
            (1 + 3 * 0x1p-8, 0x3F82), ((1 + 3 * 0x1p-8).nextDown, 0x3F81), (-1 - 0x1p-8, 0xBF80), (0, 0),
            (-0.0, 0x8000),
            (.infinity, 0x7F80), (-.infinity, 0xFF80), (.greatestFiniteMagnitude, 0x7F80),
            (.leastNonzeroMagnitude, 0), (0x1p-133, 0x0001), (0x1.8p-133, 0x0002), (3.14159, 0x4049),
        ]
        let single = buffer(cases.map(\.0) + [7])  // seventeen: a vector and a rest
        let rounded = Buffer(.bf16, count: 17)
        rounded.round(single)
        for (i, (value, pattern)) in cases.enumerated() {
            #expect(BrainFloat16(value).bitPattern == pattern, "\(value)")
            let expected = BrainFloat16(value).float
            #expect(rounded.values[i].bitPattern == expected.bitPattern, "\(value) in a vector")
        }
        #expect(rounded.values[16] == 7)
    }

    @Test func everyBrainFloatSurvives() {
        let count = 1 << 16
        let single = Buffer(.f32, count: count)
        for pattern in 0..<count { single.floats[pattern] = Float(bitPattern: UInt32(pattern) << 16) }
        let rounded = Buffer(.bf16, count: count)
        rounded.round(single)
        for (pattern, value) in rounded.values.enumerated() {
            let exact = single.floats[pattern]
            if exact.isNaN {
                #expect(BrainFloat16(exact).float.isNaN && value.isNaN)
            } else {
                #expect(
                    value.bitPattern == exact.bitPattern && BrainFloat16(exact).bitPattern == UInt16(pattern))
            }
        }
    }

    @Test(arguments: Precision.allCases, [[1, 16], [7, 33], [128, 5]])
    func sumsColumns(_ precision: Precision, _ shape: [Int]) {
        var generator = SeededGenerator(seed: 20)
        let (source, values) = randomBuffer(precision, count: shape[0] * shape[1], using: &generator)
        let target = buffer([Float](repeating: 9, count: shape[1] + 1))
        sumRows(of: Tensor(source, shape: shape), into: Tensor(target, shape: [shape[1]]))
        let expected = (0..<shape[1]).map { column in
            (0..<shape[0]).reduce(0) { $0 + values[$1 * shape[1] + column] }
        }
        // The nine beyond the end is left alone.
        expectClose(target, expected + [9], "columns of \(shape) in \(precision)")
    }
}
