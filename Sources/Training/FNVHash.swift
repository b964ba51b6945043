/// A number that other bytes would not have: FNV-1a, 64 bits.
package struct FNVHash {
    /// The number.
    package private(set) var value: UInt64 = 0xcbf2_9ce4_8422_2325

    /// That of no bytes.
    package init() {}

    /// Takes a byte in.
    package mutating func add(_ byte: UInt8) { value = (value ^ UInt64(byte)) &* 0x100_0000_01b3 }
}
