/// A random number generator whose state is a counter: Philox 4x32-10.
///
/// The numbers are a function of `(seed, purpose, stream, substream, position)` and of nothing else, so sample `i`
/// drawn from `CounterGenerator(seed: s, stream: i)` is the same whatever was drawn before it, beside it, or in which
/// order. Where two of these differ no block of numbers is shared.
///
/// Source: Salmon, Moraes, Dror, Shaw, *Parallel Random Numbers: As Easy as 1, 2, 3*, SC 2011; the test checks the
/// known answers published with their Random123 library.
public struct CounterGenerator: RandomNumberGenerator, Hashable, Sendable {
    /// What numbers are drawn for. One seed serves a whole run: without this the data and its noise, both numbered by
    /// sample, would be drawn from the same numbers.
    public enum Purpose: UInt8, Hashable, Sendable {
        /// Drawing samples from a model.
        case sampling
        /// Noising data.
        case noise
        /// Drawing data from a known law.
        case data
        /// Measuring costs.
        case cost
        /// What training draws: order, augmentation, noise levels, dropout.
        case training
    }

    private let key: SIMD2<UInt32>
    private let stream: UInt64
    /// The purpose in the highest 8 bits, the substream below.
    private let branch: UInt32
    private var block: UInt32 = 0
    /// The second half of the current block, while it has not been handed out.
    private var reserve: UInt64?

    /// Creates a generator at the start of its sequence, which repeats after 2^33 numbers.
    ///
    /// - Parameters:
    ///   - seed: The user's seed; the key of the cipher.
    ///   - purpose: What the numbers are for.
    ///   - stream: As a rule the index of the sample.
    ///   - substream: As a rule the index of a cell of the sample.
    /// - Precondition: `substream` is in 0 ..< 2^24.
    public init(seed: UInt64, for purpose: Purpose = .sampling, stream: UInt64 = 0, substream: Int = 0) {
        precondition((0..<1 << 24).contains(substream), "substream \(substream)")
        key = SIMD2(UInt32(truncatingIfNeeded: seed), UInt32(truncatingIfNeeded: seed >> 32))
        self.stream = stream
        branch = UInt32(purpose.rawValue) << 24 | UInt32(substream)
    }

    /// The next 64 bits of the sequence.
    public mutating func next() -> UInt64 {
        if let second = reserve {
            reserve = nil
            return second
        }
        let counter = SIMD4(
            block, branch, UInt32(truncatingIfNeeded: stream), UInt32(truncatingIfNeeded: stream >> 32))
        let words = Self.philox(counter: counter, key: key)
        block &+= 1
        reserve = UInt64(words[2]) | UInt64(words[3]) << 32
        return UInt64(words[0]) | UInt64(words[1]) << 32
    }

    /// The bijection: ten rounds over one counter.
    package static func philox(counter: SIMD4<UInt32>, key: SIMD2<UInt32>) -> SIMD4<UInt32> {
        var (c0, c1, c2, c3) = (counter[0], counter[1], counter[2], counter[3])
        var (k0, k1) = (key[0], key[1])
        for _ in 0..<10 {
            let first = UInt64(c0) &* 0xD251_1F53
            let second = UInt64(c2) &* 0xCD9E_8D57
            c0 = UInt32(truncatingIfNeeded: second >> 32) ^ c1 ^ k0
            c1 = UInt32(truncatingIfNeeded: second)
            c2 = UInt32(truncatingIfNeeded: first >> 32) ^ c3 ^ k1
            c3 = UInt32(truncatingIfNeeded: first)
            k0 &+= 0x9E37_79B9
            k1 &+= 0xBB67_AE85
        }
        return SIMD4(c0, c1, c2, c3)
    }
}
