#if canImport(Glibc)
import Glibc
#endif

/// Numbers in memory, aligned for the widest vector instructions; zero at first.
///
/// Not synchronised: a plan owns its buffers and one thread at a time runs a plan. Buffers that several plans
/// share (the parameters) are written only while no plan runs; that is what makes sending one to a thread sound.
public final class Buffer: @unchecked Sendable {
    /// The format of the elements.
    public let precision: Precision
    /// How many elements there are.
    public let count: Int
    package let pointer: UnsafeMutableRawPointer
    private let memory: Memory

    /// Allocates `count` zeros.
    ///
    /// - Parameter isSparse: Whether few of them will be touched, here and there.
    public init(_ precision: Precision, count: Int, isSparse: Bool = false) {
        self.precision = precision
        self.count = count
        // A tail of one vector, so that a kernel may read past the last element of a ragged row.
        memory = Memory(bytes: count * precision.byteCount + 64, inHugePages: !isSparse)
        pointer = memory.start
    }

    /// The elements of an f32 buffer.
    ///
    /// - Precondition: `precision` is `.f32`.
    public var floats: UnsafeMutableBufferPointer<Float> {
        precondition(precision == .f32, "a bf16 buffer read as f32")
        return UnsafeMutableBufferPointer(start: pointer.assumingMemoryBound(to: Float.self), count: count)
    }

    /// A copy of the elements in single precision.
    public var values: [Float] {
        switch precision {
        case .f32: Array(floats)
        case .bf16: (0..<count).map { elements(BrainFloat16.self)[$0].float }
        }
    }

    /// The elements from `offset` on, as the type that matches `precision`.
    @inline(__always)
    func elements<E: Element>(_ type: E.Type, at offset: Int = 0) -> UnsafeMutablePointer<E> {
        precondition(E.precision == precision, "a buffer read in another precision")
        return pointer.assumingMemoryBound(to: E.self) + offset
    }
}

/// Zeroed memory, aligned for vectors. Much of it comes from the kernel in huge pages, where it grants them: they come zeroed, at a fault
/// each two megabytes, and take few of the processor's page entries.
private final class Memory {
    let start: UnsafeMutableRawPointer
    private let mapping: UnsafeMutableRawBufferPointer?
    private static let hugePage = 1 << 21

    init(bytes: Int, inHugePages: Bool) {
        let (length, page) = (bytes + Self.hugePage, UInt(Self.hugePage))
        let flags = MAP_PRIVATE | MAP_ANONYMOUS
        if bytes >= Self.hugePage,
            let base = mmap(nil, length, PROT_READ | PROT_WRITE, flags, -1, 0), base != MAP_FAILED
        {
            mapping = UnsafeMutableRawBufferPointer(start: base, count: length)
            start = base + Int((page - UInt(bitPattern: base) % page) % page)
            // Small pages do too.
            if inHugePages { _ = madvise(start, bytes, MADV_HUGEPAGE) }
        } else {
            mapping = nil
            start = .allocate(byteCount: bytes, alignment: 64)
            start.initializeMemory(as: UInt8.self, repeating: 0, count: bytes)
        }
    }

    deinit {
        if let mapping { munmap(mapping.baseAddress, mapping.count) } else { start.deallocate() }
    }
}

/// A tensor in a buffer: where it starts, its shape, and its strides, all in elements.
public struct Tensor {
    /// Where the numbers are.
    public let buffer: Buffer
    /// The first element's index in `buffer`.
    public let offset: Int
    /// Up to four dimensions, outermost first.
    public let shape: [Int]
    /// Elements from one index to the next, per dimension.
    public let strides: [Int]

    /// A tensor; row-major and dense unless strides are given.
    ///
    /// - Precondition: All its elements lie in the buffer.
    public init(_ buffer: Buffer, at offset: Int = 0, shape: [Int], strides: [Int]? = nil) {
        self.buffer = buffer
        self.offset = offset
        self.shape = shape
        self.strides = strides ?? Tensor.denseStrides(shape)
        let last = zip(shape, self.strides).reduce(offset) { $0 + ($1.0 - 1) * $1.1 }
        precondition(
            offset >= 0 && shape.allSatisfy { $0 >= 1 } && self.strides.allSatisfy { $0 >= 0 }
                && self.strides.count == shape.count && last < buffer.count,
            "a view \(shape) at \(offset) of \(buffer.count) elements")
    }

    /// The same numbers with the last two dimensions exchanged.
    public var transposed: Tensor {
        let n = shape.count
        var shape = shape
        var strides = strides
        shape.swapAt(n - 1, n - 2)
        strides.swapAt(n - 1, n - 2)
        return Tensor(buffer, at: offset, shape: shape, strides: strides)
    }

    private static func denseStrides(_ shape: [Int]) -> [Int] {
        var strides = [Int](repeating: 1, count: shape.count)
        for i in stride(from: shape.count - 2, through: 0, by: -1) {
            strides[i] = strides[i + 1] * shape[i + 1]
        }
        return strides
    }
}

extension Buffer {
    /// Adds the elements of another f32 buffer of the same length.
    public func add(_ other: Buffer) {
        precondition(other.count == count, "\(other.count) numbers for \(count)")
        let (from, to) = (other.elements(Float.self), elements(Float.self))
        let whole = count & ~15
        for i in vectors(whole) { Float.store(Float.load(to + i) + Float.load(from + i), to: to + i) }
        for i in whole..<count { to[i] += from[i] }
    }

    /// Sets a bf16 buffer to the nearest values of an f32 one of the same length.
    public func round(_ source: Buffer) {
        precondition(source.count == count, "\(source.count) numbers for \(count)")
        let from = source.elements(Float.self)
        let to = elements(BrainFloat16.self)
        let whole = count & ~15
        forEachVector(whole) { BrainFloat16.store(Float.load(from + $0), to: to + $0) }
        for i in whole..<count { to[i] = BrainFloat16(from[i]) }
    }

    /// Copies some elements of a buffer of the same length, bf16 to f32 where these are the precisions.
    public func copy(from source: Buffer, elements: Range<Int>) {
        precondition(source.count == count && elements.lowerBound >= 0 && elements.upperBound <= count)
        let bytes = UnsafeRawBufferPointer(
            start: source.pointer + elements.lowerBound * source.precision.byteCount,
            count: elements.count * source.precision.byteCount)
        _ = read(bytes, in: source.precision, at: elements.lowerBound, count: elements.count)
    }

    /// Reads elements from bytes that need not be aligned, of the buffer's precision, or of bf16 into f32.
    ///
    /// - Returns: Whether all of them are finite.
    public func read(
        _ source: UnsafeRawBufferPointer, in precision: Precision, at offset: Int, count: Int
    ) -> Bool {
        precondition(offset >= 0 && offset + count <= self.count, "\(count) numbers at \(offset)")
        precondition(source.count >= count * precision.byteCount, "\(source.count) bytes")
        switch (precision, self.precision) {
        case (.f32, .f32):
            let target = (pointer + offset * 4).assumingMemoryBound(to: UInt32.self)
            var largest: UInt32 = 0
            for i in 0..<count {
                let bits = source.loadUnaligned(fromByteOffset: 4 * i, as: UInt32.self)
                target[i] = bits
                largest = max(largest, bits & 0x7FFF_FFFF)
            }
            return largest < 0x7F80_0000
        case (.bf16, .bf16):
            let target = (pointer + offset * 2).assumingMemoryBound(to: UInt16.self)
            var largest: UInt16 = 0
            for i in 0..<count {
                let bits = source.loadUnaligned(fromByteOffset: 2 * i, as: UInt16.self)
                target[i] = bits
                largest = max(largest, bits & 0x7FFF)
            }
            return largest < 0x7F80
        case (.bf16, .f32):
            let target = (pointer + offset * 4).assumingMemoryBound(to: UInt32.self)
            var largest: UInt32 = 0
            for i in 0..<count {
                let bits = UInt32(source.loadUnaligned(fromByteOffset: 2 * i, as: UInt16.self)) << 16
                target[i] = bits
                largest = max(largest, bits & 0x7FFF_FFFF)
            }
            return largest < 0x7F80_0000
        case (.f32, .bf16): preconditionFailure("f32 read as bf16")
        }
    }
}
