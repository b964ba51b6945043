/// `e^x` of sixteen numbers; relative error below 3e-7 where the result is a normal number, 0 below -87.
///
/// The range reduction is `x = n ln 2 + r`, `|r| <= ln 2 / 2`, then a polynomial of degree 6 in `r`
/// (Cephes' `expf`).
@inline(__always)
func exponential(_ x: SIMD16<Float>) -> SIMD16<Float> {
    let bounded = pointwiseMax(pointwiseMin(x, SIMD16(repeating: 88)), SIMD16(repeating: -87.3))
    let n = (bounded * 1.442_695_04).rounded(.toNearestOrEven)
    let r = bounded - n * 0.693_359_375 - n * -2.121_944_4e-4
    var p = SIMD16<Float>(repeating: 1.987_569_1e-4)
    p = p * r + 1.398_199_9e-3
    p = p * r + 8.333_452e-3
    p = p * r + 4.166_579_6e-2
    p = p * r + 1.666_666_5e-1
    p = p * r + 0.5
    let y = p * r * r + r + 1
    let power = unsafeBitCast((SIMD16<Int32>(truncatingIfNeeded: n.integers) &+ 127) &<< 23, to: SIMD16<Float>.self)
    return (y * power).replacing(with: 0, where: x .< -87)
}

extension SIMD16<Float> {
    /// The elements as integers; they are whole and small.
    @inline(__always)
    fileprivate var integers: SIMD16<Int32> { SIMD16<Int32>(self) }
}

/// The `i`-th offset of a row cut into vectors of sixteen.
///
/// - Precondition: `width` is a multiple of sixteen.
@inline(__always)
func forEachVector(_ width: Int, _ body: (Int) -> Void) {
    var i = 0
    while i < width {
        body(i)
        i &+= 16
    }
}

/// `target[c] = sum over rows of source[row, c]`: the gradient of a bias.
func sumColumns<E: Element>(
    _ source: UnsafePointer<E>, rows: Int, columns: Int, into target: UnsafeMutablePointer<Float>
) {
    let whole = columns & ~15
    target.update(repeating: 0, count: columns)
    for row in 0..<rows {
        let line = source + row * columns
        forEachVector(whole) { Float.store(Float.load(target + $0) + E.load(line + $0), to: target + $0) }
        for c in whole..<columns { target[c] += line[c].single }
    }
}

/// Calls `body` with the element type of a precision.
@inline(__always)
func withElement<R>(of precision: Precision, _ f32: () throws -> R, _ bf16: () throws -> R) rethrows -> R {
    switch precision {
    case .f32: try f32()
    case .bf16: try bf16()
    }
}

/// `target[c] = sum over rows of source[row, c]`: the gradient of a bias, f32, from a layer's output gradient
/// `[rows, columns]`.
public func sumRows(of source: Tensor, into target: Tensor) {
    let sums = target.buffer.elements(Float.self, at: target.offset)
    withElement(of: source.buffer.precision) {
        sumColumns(
            source.buffer.elements(Float.self, at: source.offset), rows: source.shape[0], columns: source.shape[1],
            into: sums)
    } _: {
        sumColumns(
            source.buffer.elements(BrainFloat16.self, at: source.offset), rows: source.shape[0],
            columns: source.shape[1], into: sums)
    }
}
