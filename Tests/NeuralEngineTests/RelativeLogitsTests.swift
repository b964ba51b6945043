import NeuralEngine
import TestSupport
import Testing

@Suite struct RelativeLogitsTests {
    /// Few and many classes, limits within and beyond them, references at both ends and missing.
    @Test(arguments: [(21, 2, 30), (21, 2, 5), (70, 1, 36), (3, 0, 1)])
    func addsScoresOfDistances(classes: Int, first: Int, limit: Int) {
        var generator = SeededGenerator(seed: 90)
        let (rows, references) = (4, 3)
        let width = RelativeLogits.scoreCount(classes: classes, references: references, limit: limit)
        let (scores, values) = randomBuffer(.f32, count: rows * width, using: &generator)
        let logits = Buffer(.f32, count: rows * classes)
        let layer = RelativeLogits(
            scores: Tensor(scores, shape: [rows, width]), first: first, limit: limit, references: references,
            into: Tensor(logits, shape: [rows, classes]))
        let last = Int32(classes - first - 1)
        layer.values = [0, last, -1, last / 2, -1, last / 2, -1, -1, -1, 1, 1, 1]
        layer.forward()
        func sums(_ scores: [Double]) -> [Double] {
            (0..<rows * classes).map { i in
                let (row, state) = (i / classes, i % classes)
                return (0..<references).reduce(scores[row * width + state]) { sum, reference in
                    let value = Int(layer.values[row * references + reference])
                    let distance = state - first - value
                    guard value >= 0, state >= first, abs(distance) <= limit else { return sum }
                    return sum
                        + scores[row * width + classes + reference * (2 * limit + 1) + distance + limit]
                }
            }
        }
        expectClose(logits, sums(values), absolute: 1e-6, relative: 1e-6, "logits")

        let (gradient, d) = randomBuffer(.f32, count: rows * classes, using: &generator)
        let scoreGradient = buffer([Float](repeating: 4, count: rows * width))
        layer.backward(logitGradient: gradient, scoreGradient: scoreGradient)
        expectClose(
            scoreGradient, numericalGradient(at: values) { dot(sums($0), d) }, absolute: 1e-5, relative: 1e-5,
            "gradient")
    }
}
