/// The format in which matrix operands are kept. Sums, norms, losses and optimiser state are f32 in either case.
public enum Precision: String, Sendable, CaseIterable {
    /// IEEE 754 single precision.
    case f32
    /// Brain floating point: the upper half of a single, 8 bits of significand.
    case bf16

    /// Bytes an element takes.
    public var byteCount: Int { self == .f32 ? 4 : 2 }
}

/// A brain floating-point number: the upper 16 bits of an IEEE single.
public struct BrainFloat16: Hashable, Sendable {
    /// Sign, 8 bits of exponent, 7 of significand.
    public var bitPattern: UInt16

    /// The number of a pattern of bits.
    public init(bitPattern: UInt16) { self.bitPattern = bitPattern }

    /// The nearest brain float, ties to even.
    public init(_ value: Float) {
        let bits = value.bitPattern
        bitPattern = value.isNaN ? 0x7FC0 : UInt16((bits &+ 0x7FFF &+ ((bits >> 16) & 1)) >> 16)
    }

    /// The same number in single precision, exactly.
    public var float: Float { Float(bitPattern: UInt32(bitPattern) << 16) }
}

/// An element of a buffer that the engine's own kernels can read and write, sixteen at a time.
protocol Element {
    /// The element's format.
    static var precision: Precision { get }
    /// The value in single precision.
    var single: Float { get }
    /// The nearest representable value.
    init(nearest value: Float)
    /// Sixteen elements from `pointer`.
    static func load(_ pointer: UnsafePointer<Self>) -> SIMD16<Float>
    /// Writes sixteen elements to `pointer`, each rounded to nearest.
    static func store(_ values: SIMD16<Float>, to pointer: UnsafeMutablePointer<Self>)
}

extension Float: Element {
    static var precision: Precision { .f32 }
    @inline(__always) var single: Float { self }
    @inline(__always) init(nearest value: Float) { self = value }

    @inline(__always)
    static func load(_ pointer: UnsafePointer<Float>) -> SIMD16<Float> {
        UnsafeRawPointer(pointer).loadUnaligned(as: SIMD16<Float>.self)
    }

    @inline(__always)
    static func store(_ values: SIMD16<Float>, to pointer: UnsafeMutablePointer<Float>) {
        UnsafeMutableRawPointer(pointer).storeBytes(of: values, as: SIMD16<Float>.self)
    }
}

extension BrainFloat16: Element {
    static var precision: Precision { .bf16 }
    @inline(__always) var single: Float { float }
    @inline(__always) init(nearest value: Float) { self.init(value) }

    @inline(__always)
    static func load(_ pointer: UnsafePointer<BrainFloat16>) -> SIMD16<Float> {
        let b = UnsafeRawPointer(pointer).loadUnaligned(as: SIMD16<UInt16>.self)
        // Written out, because SIMD16.init(truncatingIfNeeded:) is called, not inlined, and costs ten times as much.
        let wide = SIMD16<UInt32>(
            UInt32(b[0]), UInt32(b[1]), UInt32(b[2]), UInt32(b[3]), UInt32(b[4]), UInt32(b[5]), UInt32(b[6]),
            UInt32(b[7]), UInt32(b[8]), UInt32(b[9]), UInt32(b[10]), UInt32(b[11]), UInt32(b[12]),
            UInt32(b[13]),
            UInt32(b[14]), UInt32(b[15]))
        return unsafeBitCast(wide &<< 16, to: SIMD16<Float>.self)
    }

    @inline(__always)
    static func store(_ values: SIMD16<Float>, to pointer: UnsafeMutablePointer<BrainFloat16>) {
        let bits = unsafeBitCast(values, to: SIMD16<UInt32>.self)
        let rounded = (bits &+ 0x7FFF &+ ((bits &>> 16) & 1)) &>> 16
        @inline(__always) func low(_ i: Int) -> UInt16 { UInt16(truncatingIfNeeded: rounded[i]) }
        let narrow = SIMD16<UInt16>(
            low(0), low(1), low(2), low(3), low(4), low(5), low(6), low(7), low(8), low(9), low(10), low(11),
            low(12),
            low(13), low(14), low(15))
        UnsafeMutableRawPointer(pointer).storeBytes(of: narrow, as: SIMD16<UInt16>.self)
    }
}
