extension Buffer {
    /// Copies some elements of a buffer of the same length, bf16 to f32 where these are the precisions.
    public func copy(from source: Buffer, elements: Range<Int>) {
        precondition(
            source.count == count && elements.lowerBound >= 0 && elements.upperBound <= count,
            "\(elements) of \(source.count) and \(count) elements")
        let bytes = UnsafeRawBufferPointer(
            start: source.pointer + elements.lowerBound * source.precision.byteCount,
            count: elements.count * source.precision.byteCount)
        _ = read(bytes, in: source.precision, at: elements.lowerBound, count: elements.count)
    }

    /// Reads elements from little-endian bytes that need not be aligned, of the buffer's precision, or of bf16 into f32.
    ///
    /// - Returns: Whether all of them are finite.
    public func read(
        _ source: UnsafeRawBufferPointer, in precision: Precision, at offset: Int, count: Int
    ) -> Bool {
        precondition(offset >= 0 && offset + count <= self.count, "\(count) numbers at \(offset)")
        precondition(source.count >= count * precision.byteCount, "\(source.count) bytes")
        switch (precision, self.precision) {
        case (.f32, .f32), (.bf16, .bf16):
            guard let start = source.baseAddress else { break }
            let width = precision.byteCount
            (pointer + offset * width).copyMemory(from: start, byteCount: count * width)
        case (.bf16, .f32):
            let target = elements(Float.self, at: offset)
            for i in 0..<count {
                let bits = source.loadUnaligned(fromByteOffset: 2 * i, as: UInt16.self)
                target[i] = Float(bitPattern: UInt32(bits) << 16)
            }
        case (.f32, .bf16): preconditionFailure("f32 read as bf16")
        }
        return isFinite(at: offset, count: count)
    }

    /// Whether some elements are finite: none has all bits of its exponent set. The loops have no way out, so that they are vectorised.
    private func isFinite(at offset: Int, count: Int) -> Bool {
        switch precision {
        case .f32:
            let values = elements(Float.self, at: offset)
            var infinite: UInt32 = 0
            for i in 0..<count { infinite |= values[i].bitPattern & 0x7F80_0000 == 0x7F80_0000 ? 1 : 0 }
            return infinite == 0
        case .bf16:
            let values = elements(BrainFloat16.self, at: offset)
            var infinite: UInt16 = 0
            for i in 0..<count { infinite |= values[i].bitPattern & 0x7F80 == 0x7F80 ? 1 : 0 }
            return infinite == 0
        }
    }
}
