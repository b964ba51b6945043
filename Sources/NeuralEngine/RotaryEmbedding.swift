#if canImport(Glibc)
import Glibc
#endif

/// Rotary positions (Su et al. 2021): turns each pair of query and key components by an angle that grows with the
/// position, so that their product depends on the distance alone.
///
/// Component `i` of a head is paired with `i + headWidth / 2`; the angle is `position 10000^(-2 i / headWidth)`.
/// Queries are scaled by `headWidth^(-1/2)` in the same pass.
public final class RotaryEmbedding {
    private let batch: Int
    private let positions: Int
    private let heads: Int
    private let headWidth: Int
    private let cosines: Buffer
    private let sines: Buffer

    /// Prepares the tables.
    ///
    /// - Parameters:
    ///   - batch: Sequences in a batch.
    ///   - places: The place of each position on the time axis, `[positions]`.
    ///   - heads: Attention heads.
    ///   - headWidth: Components of a head.
    /// - Precondition: `headWidth` is a multiple of 32.
    public init(batch: Int, places: [Int], heads: Int, headWidth: Int) {
        precondition(headWidth % 32 == 0, "a head of \(headWidth) components")
        self.batch = batch
        self.positions = places.count
        self.heads = heads
        self.headWidth = headWidth
        let half = headWidth / 2
        cosines = Buffer(.f32, count: positions * half)
        sines = Buffer(.f32, count: positions * half)
        for (position, place) in places.enumerated() {
            for i in 0..<half {
                let angle = Double(place) * pow(10_000, -2 * Double(i) / Double(headWidth))
                cosines.floats[position * half + i] = Float(cos(angle))
                sines.floats[position * half + i] = Float(sin(angle))
            }
        }
    }

    /// Turns queries and keys in place.
    ///
    /// - Parameter qkv: `[batch, positions, 3, heads, headWidth]`: queries, keys, values.
    public func forward(_ qkv: Tensor) { turn(qkv, by: 1) }

    /// Turns the gradients of queries and keys back, in place.
    public func backward(_ qkvGradient: Tensor) { turn(qkvGradient, by: -1) }

    private func turn(_ qkv: Tensor, by direction: Float) {
        withElement(of: qkv.buffer.precision) {
            turn(qkv.buffer.elements(Float.self, at: qkv.offset), direction)
        } _: {
            turn(qkv.buffer.elements(BrainFloat16.self, at: qkv.offset), direction)
        }
    }

    private func turn<E: Element>(_ x: UnsafeMutablePointer<E>, _ direction: Float) {
        let width = heads * headWidth
        let half = headWidth / 2
        let queryScale = 1 / Float(headWidth).squareRoot()
        let cosines = cosines.elements(Float.self)
        let sines = sines.elements(Float.self)
        for row in 0..<(batch * positions) {
            let cosine = cosines + (row % positions) * half
            let sine = sines + (row % positions) * half
            for (part, scale) in [(0, queryScale), (1, Float(1))] {
                for head in 0..<heads {
                    let start = x + row * 3 * width + part * width + head * headWidth
                    for i in vectors(half) {
                        let a = E.load(start + i) * scale
                        let b = E.load(start + half + i) * scale
                        let c = Float.load(cosine + i)
                        let s = Float.load(sine + i) * direction
                        E.store(a * c - b * s, to: start + i)
                        E.store(a * s + b * c, to: start + half + i)
                    }
                }
            }
        }
    }
}
