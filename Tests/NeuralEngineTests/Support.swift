import NeuralEngine
import TestSupport
import Testing

/// The precisions in which oneDNN multiplies on this processor.
let productPrecisions: [Precision] = Engine.hasBF16 ? Precision.allCases : [.f32]

/// Random numbers of mean 0 and variance 1 that the precision can represent, in a buffer and as f64.
func randomBuffer(
    _ precision: Precision, count: Int, using generator: inout SeededGenerator
) -> (buffer: Buffer, values: [Double]) {
    let single = Buffer(.f32, count: count)
    for i in 0..<count { single.floats[i] = Float(generator.normal()) }
    guard precision == .bf16 else { return (single, single.values.map(Double.init)) }
    let rounded = Buffer(.bf16, count: count)
    rounded.round(single)
    return (rounded, rounded.values.map(Double.init))
}

/// A buffer of given numbers.
func buffer(_ values: [Float]) -> Buffer {
    let result = Buffer(.f32, count: values.count)
    for (i, value) in values.enumerated() { result.floats[i] = value }
    return result
}

/// Expects `|a - b| <= absolute + relative |b|` of all elements.
func expectClose(
    _ buffer: Buffer, _ expected: [Double], absolute: Double, relative: Double, _ name: String,
    sourceLocation: SourceLocation = #_sourceLocation
) {
    let values = buffer.values
    #expect(values.count == expected.count, "\(name)", sourceLocation: sourceLocation)
    let wrong = zip(values, expected).enumerated().first { _, pair in
        !(abs(Double(pair.0) - pair.1) <= absolute + relative * abs(pair.1))
    }
    guard let wrong else { return }
    Issue.record(
        "\(name): element \(wrong.offset) is \(wrong.element.0) instead of \(wrong.element.1)",
        sourceLocation: sourceLocation)
}

/// As above, with the tolerances of a result that was rounded to a precision after sums in f32.
func expectClose(
    _ buffer: Buffer, _ expected: [Double], _ name: String, sourceLocation: SourceLocation = #_sourceLocation
) {
    let (absolute, relative) = buffer.precision == .f32 ? (1e-5, 1e-5) : (1e-3, 0x1p-8)
    expectClose(
        buffer, expected, absolute: absolute, relative: relative, name, sourceLocation: sourceLocation)
}

/// The gradient of `function` by central differences, whose error is of the order of `1e-8`.
func numericalGradient(at point: [Double], _ function: ([Double]) -> Double) -> [Double] {
    var point = point
    return point.indices.map { i in
        let value = point[i]
        point[i] = value + 1e-4
        let above = function(point)
        point[i] = value - 1e-4
        let below = function(point)
        point[i] = value
        return (above - below) / 2e-4
    }
}

/// The sum of products.
func dot(_ a: [Double], _ b: [Double]) -> Double { zip(a, b).reduce(0) { $0 + $1.0 * $1.1 } }
