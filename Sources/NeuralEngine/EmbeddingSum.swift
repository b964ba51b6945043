/// The sum of several rows of one table at each position: `y[p] = sum over f of table[identifiers[p, f]]`.
public final class EmbeddingSum {
    private let positions: Int
    private let features: Int
    private let width: Int
    private let table: Tensor
    private let output: Tensor
    /// Which rows are summed, `[positions, features]`; a negative number stands for none.
    public var identifiers: [Int32]

    /// Prepares the layer.
    ///
    /// - Parameters:
    ///   - table: `[rows, width]`, f32; `width` is a multiple of sixteen.
    ///   - features: Rows summed at a position.
    ///   - output: `[positions, width]`, f32.
    public init(table: Tensor, features: Int, into output: Tensor) {
        precondition(table.shape[1] % 16 == 0, "an embedding of \(table.shape[1]) components")
        positions = output.shape[0]
        self.features = features
        width = table.shape[1]
        self.table = table
        self.output = output
        identifiers = [Int32](repeating: -1, count: positions * features)
    }

    /// Computes the output.
    public func forward() {
        let rows = table.buffer.elements(Float.self, at: table.offset)
        let y = output.buffer.elements(Float.self, at: output.offset)
        for position in 0..<positions {
            let target = y + position * width
            target.update(repeating: 0, count: width)
            for feature in 0..<features {
                let identifier = Int(identifiers[position * features + feature])
                guard identifier >= 0 else { continue }
                precondition(identifier < table.shape[0], "row \(identifier) of \(table.shape[0])")
                let row = rows + identifier * width
                for i in vectors(width) {
                    Float.store(Float.load(target + i) + Float.load(row + i), to: target + i)
                }
            }
        }
    }

    /// Computes the table's gradient, overwriting it, from the output's, f32.
    public func backward(outputGradient: Buffer, tableGradient: Tensor) {
        let dTable = tableGradient.buffer.elements(Float.self, at: tableGradient.offset)
        let dy = outputGradient.elements(Float.self)
        dTable.update(repeating: 0, count: table.shape[0] * width)
        for position in 0..<positions {
            let source = dy + position * width
            for feature in 0..<features {
                let identifier = Int(identifiers[position * features + feature])
                guard identifier >= 0 else { continue }
                let row = dTable + identifier * width
                for i in vectors(width) {
                    Float.store(Float.load(row + i) + Float.load(source + i), to: row + i)
                }
            }
        }
    }
}
