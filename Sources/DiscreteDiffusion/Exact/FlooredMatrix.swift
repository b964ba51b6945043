/// A square matrix as the least entry of each row and what the others exceed it by: a row that is constant but for a few entries, as where
/// some uniform is mixed into a chain, costs those few.
struct FlooredMatrix: Sendable {
    private let floors: [Double]
    /// Where the entries of each row begin, and where the last ends, `[size + 1]`.
    private var starts: [Int] = [0]
    private var columns: [Int] = []
    private var excesses: [Double] = []

    /// Takes a matrix apart.
    ///
    /// - Parameter entries: `[size, size]`, row-major.
    init(_ entries: [Double], size: Int) {
        let rows = (0..<size).map { entries[$0 * size..<($0 + 1) * size] }
        floors = rows.map { $0.min() ?? 0 }
        for (row, floor) in zip(rows, floors) {
            for (column, entry) in row.enumerated() where entry > floor {
                columns.append(column)
                excesses.append(entry - floor)
            }
            starts.append(columns.count)
        }
    }

    /// `result[j] = sum over i of vector[i] matrix[i, j]`.
    func multiply(_ vector: Span<Double>, into result: inout [Double]) {
        var output = result.mutableSpan
        var common = 0.0
        for row in floors.indices { common += vector[row] * floors[row] }
        for column in floors.indices { output[column] = common }
        for row in floors.indices where vector[row] != 0 {
            for place in starts[row]..<starts[row + 1] {
                output[columns[place]] += vector[row] * excesses[place]
            }
        }
    }
}
