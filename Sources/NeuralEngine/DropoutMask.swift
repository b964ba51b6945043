/// Which elements of a layer dropout leaves out: a hash of seed and place, so that the backward pass makes the mask anew
/// instead of storing it, and a batch has the same masks however it is shared out.
public struct DropoutMask: Sendable {
    private let threshold: UInt32
    private let scale: Float
    private let salt: UInt32
    private let first: Int
    private static let golden: UInt32 = 0x9E37_79B9
    private static var lanes: SIMD16<UInt32> {
        SIMD16(0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15) &* golden
    }

    /// Prepares a mask.
    ///
    /// - Parameters:
    ///   - rate: The share left out, in 0..<1.
    ///   - salt: Tells this layer's masks from those of other layers.
    ///   - first: The place of the first element, for a share of a batch.
    public init(rate: Float, salt: UInt32, first: Int = 0) {
        precondition((0..<1).contains(rate), "dropout of \(rate)")
        threshold = UInt32(Double(rate) * Double(UInt32.max))
        scale = 1 / (1 - rate)
        self.salt = salt
        self.first = first
    }

    /// `values mask / (1 - rate)`, of the elements from `index` on.
    @inline(__always)
    func apply(_ values: SIMD16<Float>, at index: Int, seed: UInt32) -> SIMD16<Float> {
        guard threshold > 0 else { return values }
        var hash = Self.lanes &+ UInt32(truncatingIfNeeded: first + index) &* Self.golden
        hash ^= SIMD16(repeating: seed ^ salt &* 0x85EB_CA6B)
        // The finaliser of MurmurHash3.
        hash ^= hash &>> 16
        hash = hash &* 0x85EB_CA6B
        hash ^= hash &>> 13
        hash = hash &* 0xC2B2_AE35
        hash ^= hash &>> 16
        // All ones where the hash is below the threshold: a comparison of unsigned vectors becomes a loop over the
        // elements, a subtraction and a shift do not.
        let below = (unsafeBitCast(hash &>> 1, to: SIMD16<Int32>.self) &- Int32(threshold >> 1)) &>> 31
        let kept = unsafeBitCast(values * scale, to: SIMD16<Int32>.self) & ~below
        return unsafeBitCast(kept, to: SIMD16<Float>.self)
    }

    /// The same of one element.
    @inline(__always)
    package func apply(_ value: Float, at index: Int, seed: UInt32) -> Float {
        apply(SIMD16(repeating: value), at: index, seed: seed)[0]
    }
}
