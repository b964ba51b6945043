import NeuralEngine
import TestSupport
import Testing

@Suite struct EmbeddingSumTests {
    @Test func sumsRowsAndSpreadsGradients() {
        var generator = SeededGenerator(seed: 80)
        let (rows, width, positions, features) = (7, 48, 5, 3)
        let (table, values) = randomBuffer(.f32, count: rows * width, using: &generator)
        let output = Buffer(.f32, count: positions * width)
        let layer = EmbeddingSum(
            table: Tensor(table, shape: [rows, width]), features: features,
            into: Tensor(output, shape: [positions, width]))
        // A row twice at one position, a position with none, and one shared by several.
        let identifiers: [Int32] = [0, 0, 6, -1, -1, -1, 2, -1, 6, 6, 1, 2, 5, 5, 5]
        layer.identifiers = identifiers
        layer.forward()
        func sums(_ table: [Double]) -> [Double] {
            (0..<positions * width).map { i in
                identifiers[i / width * features..<(i / width + 1) * features].reduce(0) {
                    $1 < 0 ? $0 : $0 + table[Int($1) * width + i % width]
                }
            }
        }
        expectClose(output, sums(values), absolute: 1e-6, relative: 1e-6, "sums")

        let (outputGradient, d) = randomBuffer(.f32, count: positions * width, using: &generator)
        let tableGradient = buffer([Float](repeating: 4, count: rows * width))
        layer.backward(
            outputGradient: outputGradient, tableGradient: Tensor(tableGradient, shape: [rows, width]))
        expectClose(
            tableGradient, numericalGradient(at: values) { dot(sums($0), d) }, absolute: 1e-5, relative: 1e-5,
            "gradient")
        // Rows 3 and 4 stand nowhere.
        #expect(tableGradient.values[3 * width..<5 * width].allSatisfy { $0 == 0 })
    }
}
