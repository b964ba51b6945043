import NeuralEngine
import Testing

@Suite struct BufferTests {
    @Test(
        "Small and large, dense and sparse buffers are zero and can be written to", arguments: [5, 1 << 20])
    func zeros(count: Int) {
        for isSparse in [false, true] {
            let buffer = Buffer(.f32, count: count, isSparse: isSparse)
            #expect(buffer.floats.allSatisfy { $0 == 0 })
            #expect(UInt(bitPattern: buffer.floats.baseAddress) % 64 == 0)
            buffer.floats[count - 1] = 1
            #expect(buffer.values[count - 1] == 1)
        }
    }

    @Test("Numbers are read from any address, bf16 into f32 too, and those that are none are told")
    func reading() {
        let patterns: [UInt16] = [0x3F80, 0xC000, 0x3DCC]  // 1, -2, 0.0996
        for (precision, isWide) in [(Precision.bf16, false), (.f32, false), (.f32, true)] {
            let bytes: [UInt8] =
                isWide
                ? patterns.flatMap { [0, 0, UInt8($0 & 0xFF), UInt8($0 >> 8)] }
                : patterns.flatMap { [UInt8($0 & 0xFF), UInt8($0 >> 8)] }
            let buffer = Buffer(precision, count: 5)
            let unaligned: [UInt8] = [7] + bytes
            let isFinite = unaligned.withUnsafeBytes { all in
                buffer.read(
                    UnsafeRawBufferPointer(rebasing: all[1...]), in: isWide ? .f32 : .bf16, at: 2, count: 3)
            }
            #expect(isFinite)
            #expect(buffer.values == [0, 0, 1, -2, 0.099609375])
        }
        for pattern: UInt16 in [0x7F80, 0xFF80, 0x7FC0] {
            let bytes = [UInt8(pattern & 0xFF), UInt8(pattern >> 8)]
            for precision in Precision.allCases {
                let buffer = Buffer(precision, count: 1)
                #expect(!bytes.withUnsafeBytes { buffer.read($0, in: .bf16, at: 0, count: 1) })
            }
        }
    }
}
