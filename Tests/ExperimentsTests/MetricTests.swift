import DiscreteDiffusion
import Experiments
import Testing

/// The experiments' own metrics on cases worked out by hand.
struct MetricTests {
    /// In 0 1 0 the token 0 was seen twice, 1 once, and after 0 only 1: `p(0) = (2 + 2/2) / 5`, `p(1 | 0) = (1 + p(1)) / 2`.
    @Test func `Shorter contexts are mixed in`() {
        let model = NGramModel([0, 1, 0], stateCount: 2, order: 2)
        func p(_ text: [Token], _ place: Int) -> Double { model.probability(of: text[...], at: place) }
        #expect(abs(p([0], 0) - 0.6) < 1e-12)
        #expect(abs(p([1], 0) - 0.4) < 1e-12)
        #expect(abs(p([0, 1], 1) - 0.7) < 1e-12)
        #expect(abs(p([0, 0], 1) - 0.3) < 1e-12)
        #expect(abs(model.crossEntropy(of: [0, 1]) - 0.4337502838523616) < 1e-12)
    }

    @Test func `Whatever stands before, the characters' probabilities sum to 1`() {
        let text: [Token] = (0..<200).map { Token($0 * $0 % 7 % 5) }
        let model = NGramModel(text, stateCount: 6, order: 4)
        for context in [[], [0], [5, 5], [1, 4, 4], [2, 1, 4, 4, 0]] as [[Token]] {
            let sum = (0..<6).reduce(0.0) {
                $0 + model.probability(of: (context + [Token($1)])[...], at: context.count)
            }
            #expect(abs(sum - 1) < 1e-12)
        }
    }

    /// `k(x, y) = (x y + 1)^3`: of 1 and -1 it is 0 between them and 8 within one.
    @Test func `The kernel distance is right on the line`() {
        let distance = KernelDistance(to: [[1], [-1]])
        #expect(distance([[1], [1]]) == 8 + 0 - 2 * 4)
        #expect(distance([[1], [-1]]) == 0 + 0 - 2 * 4)
        #expect(distance([[2], [2]]) == 125 + 0 - 2 * 13)
    }

    /// Vectors are measured in the reference's own scale.
    @Test func `The kernel distance has no unit`() {
        let small = KernelDistance(to: [[1, 0], [0, 2], [3, 1]])
        let large = KernelDistance(to: [[10, 0], [0, 20], [30, 10]])
        #expect(abs(small([[1, 1], [2, 0]]) - large([[10, 10], [20, 0]])) < 1e-9)
    }
}
