/// `e^x` of sixteen numbers; relative error below 3e-7 where the result is a normal number, 0 below -87.
///
/// The range reduction is `x = n ln 2 + r`, `|r| <= ln 2 / 2`, then a polynomial of degree 6 in `r`
/// (Cephes' `expf`).
///
/// `e^88` above 88; 0 or NaN for NaN, never a trap.
@inline(__always)
package func exponential(_ x: SIMD16<Float>) -> SIMD16<Float> {
    // Comparisons of vectors often become loops over the elements, and so do pointwiseMin and pointwiseMax. The
    // bits of numbers of one sign are ordered as integers, whose difference has the wanted mask as its sign.
    let lowest = SIMD16(repeating: Int32(bitPattern: Float(-87).bitPattern))
    let highest = SIMD16(repeating: Int32(bitPattern: Float(88).bitPattern))
    let bits = unsafeBitCast(x, to: SIMD16<Int32>.self)
    let low = ((lowest &- bits) & bits) &>> 31
    let high = ((highest &- bits) & ~bits) &>> 31
    let bounded = unsafeBitCast(((bits & ~high) | (highest & high)) & ~low, to: SIMD16<Float>.self)
    // Adding 1.5 2^23 leaves the nearest integer in the low bits of the sum, so that no conversion, which would trap
    // at NaN, is needed.
    let shifted = bounded * 1.442_695_04 + 12_582_912
    let n = shifted - 12_582_912
    let r = bounded - n * 0.693_359_375 - n * -2.121_944_4e-4
    var p = SIMD16<Float>(repeating: 1.987_569_1e-4)
    p = p * r + 1.398_199_9e-3
    p = p * r + 8.333_452e-3
    p = p * r + 4.166_579_6e-2
    p = p * r + 1.666_666_5e-1
    p = p * r + 0.5
    let y = p * r * r + r + 1
    let power = unsafeBitCast(
        (unsafeBitCast(shifted, to: SIMD16<UInt32>.self) &+ 127) &<< 23, to: SIMD16<Float>.self)
    return unsafeBitCast(unsafeBitCast(y * power, to: SIMD16<Int32>.self) & ~low, to: SIMD16<Float>.self)
}

extension SIMD16<Float> {
    /// The sum of the elements in pairs, which waits for four additions where `sum()` waits for fifteen.
    @inline(__always)
    var total: Float {
        let eight = lowHalf + highHalf
        let four = eight.lowHalf + eight.highHalf
        let two = four.lowHalf + four.highHalf
        return two.x + two.y
    }

    /// The larger of each two elements.
    @inline(__always)
    func larger(_ other: SIMD16<Float>) -> SIMD16<Float> { replacing(with: other, where: self .< other) }

    /// The largest element.
    @inline(__always)
    var largest: Float {
        let eight = lowHalf.replacing(with: highHalf, where: lowHalf .< highHalf)
        let four = eight.lowHalf.replacing(with: eight.highHalf, where: eight.lowHalf .< eight.highHalf)
        let two = four.lowHalf.replacing(with: four.highHalf, where: four.lowHalf .< four.highHalf)
        return Swift.max(two.x, two.y)
    }
}

/// The offsets of the vectors of sixteen in a row.
///
/// - Precondition: `width` is a multiple of sixteen.
@inline(__always)
func vectors(_ width: Int) -> StrideTo<Int> { stride(from: 0, to: width, by: 16) }

/// Calls `body` with the offsets of the vectors of sixteen in a row, for work too slight for its call to matter.
@inline(__always)
func forEachVector(_ width: Int, _ body: (Int) -> Void) {
    for i in vectors(width) { body(i) }
}

/// `target[c] = sum over rows of source[row, c]`: the gradient of a bias.
func sumColumns<E: Element>(
    _ source: UnsafePointer<E>, rows: Int, columns: Int, into target: UnsafeMutablePointer<Float>
) {
    let whole = columns & ~15
    target.update(repeating: 0, count: columns)
    for row in 0..<rows {
        let line = source + row * columns
        for c in vectors(whole) {
            Float.store(Float.load(target + c) + E.load(line + c), to: target + c)
        }
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
            source.buffer.elements(Float.self, at: source.offset), rows: source.shape[0],
            columns: source.shape[1],
            into: sums)
    } _: {
        sumColumns(
            source.buffer.elements(BrainFloat16.self, at: source.offset), rows: source.shape[0],
            columns: source.shape[1], into: sums)
    }
}
