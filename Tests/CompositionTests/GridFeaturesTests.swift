import Composition
import PianoRoll
import Testing

@Suite struct GridFeaturesTests {
    @Test("A pickup, three-four time, and both edges of a piece")
    func edges() {
        let timing = TokenGrid.Timing(meterNumerator: 3, meterDenominator: 4, firstStepInBar: 8)
        let features = GridFeatures(timing: timing, window: 0..<100, pieceSteps: 100, transposition: -6)
        func step(_ index: Int) -> [Int32] {
            Array(features.values[index * GridFeatures.count..<(index + 1) * GridFeatures.count])
        }
        #expect(step(0) == [8, 12, 0, 32, 1])
        #expect(step(4) == [0, 12, 4, 32, 1])
        #expect(step(50) == [10, 12, 32, 32, 1])
        #expect(step(99) == [11, 12, 32, 0, 1])
    }

    @Test("Every value has a row of the embedding, whatever the meter")
    func ranges() {
        for (numerator, denominator) in [(1, 64), (4, 4), (12, 8), (255, 1)] {
            let timing = TokenGrid.Timing(meterNumerator: numerator, meterDenominator: denominator)
            let features = GridFeatures(timing: timing, window: 3..<300, pieceSteps: 310, transposition: 6)
            for (index, value) in features.values.enumerated() {
                #expect(value >= 0 && Int(value) < GridFeatures.sizes[index % GridFeatures.count])
            }
        }
    }

    @Test("Without edges every step is the middle of a piece")
    func middle() {
        let features = GridFeatures(
            timing: .init(), window: 0..<4, pieceSteps: 4, transposition: nil, edges: false)
        #expect(features.values == (0..<4).flatMap { [$0, 16, 32, 32, 0] })
    }

    @Test("Features are transposed as the piece is, and no more told beyond what there are rows for")
    func transposing() {
        func features(_ transposition: Int?) -> [Int32] {
            GridFeatures(timing: .init(), window: 0..<3, pieceSteps: 3, transposition: transposition).values
        }
        for (from, by, to) in [(0, 5, 5), (0, -6, -6), (4, 2, 6), (4, 3, nil), (-3, 3, 0), (nil, 1, nil)] {
            var values = features(from) + Array(repeating: -1, count: GridFeatures.count)
            GridFeatures.transpose(&values, by: by)
            #expect(values == features(to) + Array(repeating: -1, count: GridFeatures.count))
        }
    }
}
