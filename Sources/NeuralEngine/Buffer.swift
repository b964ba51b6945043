/// Numbers in memory, aligned for the widest vector instructions; zero at first.
///
/// Not synchronised: a plan owns its buffers, and the threads that run it write rows of their own and read those of others
/// only after they have met. Buffers that several plans share (the parameters) are written only while no plan runs. That is what makes
/// sending one to a thread sound.
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
}
