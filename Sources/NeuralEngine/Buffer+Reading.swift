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
        case (.f32, .f32):
            let target = elements(Float.self, at: offset)
            var largest: UInt32 = 0
            for i in 0..<count {
                let bits = source.loadUnaligned(fromByteOffset: 4 * i, as: UInt32.self)
                target[i] = Float(bitPattern: bits)
                largest = max(largest, bits & 0x7FFF_FFFF)
            }
            return largest < 0x7F80_0000
        case (.bf16, .bf16):
            let target = elements(BrainFloat16.self, at: offset)
            var largest: UInt16 = 0
            for i in 0..<count {
                let bits = source.loadUnaligned(fromByteOffset: 2 * i, as: UInt16.self)
                target[i] = BrainFloat16(bitPattern: bits)
                largest = max(largest, bits & 0x7FFF)
            }
            return largest < 0x7F80
        case (.bf16, .f32):
            let target = elements(Float.self, at: offset)
            var largest: UInt16 = 0
            for i in 0..<count {
                let bits = source.loadUnaligned(fromByteOffset: 2 * i, as: UInt16.self)
                target[i] = Float(bitPattern: UInt32(bits) << 16)
                largest = max(largest, bits & 0x7FFF)
            }
            return largest < 0x7F80
        case (.f32, .bf16): preconditionFailure("f32 read as bf16")
        }
    }
}
