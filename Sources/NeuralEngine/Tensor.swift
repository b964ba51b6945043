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
