import DenoisingTransformer
import NeuralEngine
import RealModule
import Testing
import Training

@Suite struct HeldOutBoundTests {
    @Test("A model that knows nothing needs log S nats for each cell, whatever the windows")
    func ignorance() throws {
        let configuration = smallConfiguration()
        // All zero: every logit is zero.
        let parameters = Buffer(.f32, count: ParameterLayout(configuration).count)
        let pieces = smallPieces(count: 3, steps: 37, seed: 3)
        let bound = try HeldOutBound.measure(
            configuration, parameters: parameters, operands: nil, pieces: pieces, edges: true, levels: 8,
            seed: 1,
            threads: 2)
        let perCell = Double.log(Double(configuration.stateCount))
        #expect(abs(bound.perCell - perCell) < 1e-5)
        #expect(abs(bound.perFrame - 2 * perCell) < 1e-5)
        #expect(bound.pieces.map(\.frames) == [37, 37, 37])
        #expect(bound.pieces.map(\.cells) == [74, 74, 74])
        let interval = bound.interval(seed: 1)
        #expect(interval.lowerBound <= bound.perFrame + 1e-9 && bound.perFrame - 1e-9 <= interval.upperBound)
    }

    @Test("The bound does not depend on threads, and its interval covers the spread of the pieces")
    func threadsAndInterval() throws {
        let configuration = smallConfiguration()
        var generator = SystemRandomNumberGenerator()
        let parameters = ParameterLayout(configuration).initialParameters(using: &generator)
        let pieces = smallPieces(count: 8, steps: 20, seed: 4)
        let bounds = try [1, 2].map {
            try HeldOutBound.measure(
                configuration, parameters: parameters, operands: nil, pieces: pieces, edges: true, levels: 4,
                seed: 9,
                threads: $0)
        }
        #expect(abs(bounds[0].perFrame - bounds[1].perFrame) < 1e-4)
        let each = bounds[0].pieces.map { $0.nats / Double($0.frames) }
        let interval = bounds[0].interval(seed: 2)
        #expect(each.min() ?? 0 <= interval.lowerBound && interval.upperBound <= each.max() ?? 0)
    }
}
