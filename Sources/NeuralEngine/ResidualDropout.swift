/// Adds a branch to the residual stream, leaving out a random share of it: `y = x + branch mask / (1 - rate)`.
///
/// The mask is a hash of seed and place, so that the backward pass makes it anew instead of storing it, and a batch has the same masks
/// however it is shared out.
public struct ResidualDropout {
    private let count: Int
    private let threshold: UInt32
    private let scale: Float
    private let salt: UInt32
    private let first: Int
    private static let golden: UInt32 = 0x9E37_79B9
    private static var lanes: SIMD16<UInt32> {
        SIMD16(0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15) &* golden
    }

    /// Prepares the layer.
    ///
    /// - Parameters:
    ///   - count: Elements of the stream, a multiple of sixteen.
    ///   - rate: The share left out, in 0..<1.
    ///   - salt: Tells this layer's masks from those of other layers.
    ///   - first: The place of the first element, for a share of a batch.
    public init(count: Int, rate: Float, salt: UInt32, first: Int = 0) {
        precondition(count % 16 == 0 && (0..<1).contains(rate), "dropout of \(rate) on \(count) elements")
        self.count = count
        threshold = UInt32(Double(rate) * Double(UInt32.max))
        scale = 1 / (1 - rate)
        self.salt = salt
        self.first = first
    }

    /// `output = stream + branch mask / (1 - rate)`, all f32.
    public func forward(stream: Buffer, branch: Buffer, into output: Buffer, seed: UInt32) {
        let x = stream.elements(Float.self)
        let y = branch.elements(Float.self)
        let target = output.elements(Float.self)
        for i in vectors(count) {
            Float.store(Float.load(x + i) + dropped(Float.load(y + i), at: i, seed), to: target + i)
        }
    }

    /// `branchGradient = streamGradient mask / (1 - rate)`, rounded to the branch's precision.
    public func backward(streamGradient: Buffer, into branchGradient: Buffer, seed: UInt32) {
        let dx = streamGradient.elements(Float.self)
        withElement(of: branchGradient.precision) {
            backward(dx, branchGradient.elements(Float.self), seed)
        } _: {
            backward(dx, branchGradient.elements(BrainFloat16.self), seed)
        }
    }

    private func backward<E: Element>(
        _ dx: UnsafePointer<Float>, _ target: UnsafeMutablePointer<E>, _ seed: UInt32
    ) {
        for i in vectors(count) { E.store(dropped(Float.load(dx + i), at: i, seed), to: target + i) }
    }

    @inline(__always)
    private func dropped(_ values: SIMD16<Float>, at index: Int, _ seed: UInt32) -> SIMD16<Float> {
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
}
