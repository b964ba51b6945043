import Foundation
import NeuralEngine
import TestSupport
import Testing

@Suite struct CrossEntropyTests {
    private func loss(_ row: ArraySlice<Double>, _ target: Int32) -> Double {
        let highest = row.max() ?? 0
        return log(row.reduce(0) { $0 + exp($1 - highest) }) + highest - row[row.startIndex + Int(target)]
    }

    /// Numbers of classes below, at and beyond a vector's length.
    @Test(arguments: Precision.allCases, [1, 2, 15, 16, 17, 33, 98, 128])
    func equalsTheFormulaAndItsDerivative(_ precision: Precision, _ classes: Int) {
        var generator = SeededGenerator(seed: 90)
        let rows = 7
        let (logits, x) = randomBuffer(.f32, count: rows * classes, using: &generator)
        let targets = (0..<rows).map { _ in Int32.random(in: 0..<Int32(classes), using: &generator) }
        let weights: [Float] = [1, 0, 0.5, 2, 0, 1e-3, 7]
        func total(_ x: [Double]) -> Double {
            (0..<rows).reduce(0) { sum, row in
                sum + Double(weights[row]) * loss(x[row * classes..<(row + 1) * classes], targets[row])
            }
        }
        let gradient = Buffer(precision, count: rows * classes)
        gradient.round(or: 3)
        var losses = [Float](repeating: -1, count: rows)
        let result = losses.withUnsafeMutableBufferPointer {
            CrossEntropy.evaluate(
                logits: logits, classes: classes, targets: targets, weights: weights, gradient: gradient,
                losses: $0)
        }
        #expect(abs(result - total(x)) < 1e-5 * (1 + total(x)))
        for row in 0..<rows {
            let expected = weights[row] == 0 ? 0 : loss(x[row * classes..<(row + 1) * classes], targets[row])
            #expect(abs(Double(losses[row]) - expected) < 1e-5, "row \(row) of \(classes) classes")
        }
        // Every element is written: rows of weight 0 receive zeros.
        expectClose(
            gradient, numericalGradient(at: x, total), absolute: precision == .f32 ? 2e-6 : 1e-4,
            relative: precision == .f32 ? 1e-5 : 0x1p-8, "gradient of \(classes) classes in \(precision)")
        let alone = CrossEntropy.evaluate(
            logits: logits, classes: classes, targets: targets, weights: weights, gradient: nil)
        #expect(alone == result)
    }

    @Test func farApartLogitsStayFinite() {
        let logits = buffer([1e4, -1e4, 0, -1e30, 1e30, 5])
        let gradient = Buffer(.f32, count: 6)
        let loss = CrossEntropy.evaluate(
            logits: logits, classes: 3, targets: [1, 1], weights: [1, 1], gradient: gradient)
        #expect(abs(loss - 2e4) < 1)
        expectClose(gradient, [1, -1, 0, 0, 0, 0], absolute: 1e-6, relative: 0, "gradient")
    }

    @Test func numbersThatAreNoneAreReportedNotTrapped() {
        let logits = buffer([Float](repeating: .nan, count: 20))
        let loss = CrossEntropy.evaluate(
            logits: logits, classes: 20, targets: [4], weights: [1], gradient: nil)
        #expect(loss.isNaN)
    }
}

extension Buffer {
    /// Fills the buffer with a number, to see what a kernel leaves as it was.
    fileprivate func round(or value: Float) {
        let single = buffer([Float](repeating: value, count: count))
        if precision == .f32 {
            floats.baseAddress?.update(from: single.values, count: count)
        } else {
            round(single)
        }
    }
}
