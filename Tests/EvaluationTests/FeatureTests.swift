import Evaluation
import PianoRoll
import Testing

@Suite("Features")
struct FeatureTests {
    /// Two lanes, a step an eighth, the first step two before the bar line of 4/4 (8 steps a bar):
    ///
    ///     upper  64 64  -  67      E E . G
    ///     lower  60  -  r  48      C C . C
    private let piece = grid(
        [[64, 64, -1, 67], [60, -1, nil, 48]],
        timing: TokenGrid.Timing(stepsPerQuarter: 2, firstStepInBar: 6))

    @Test(
        "of a tiny piece, by hand",
        arguments: [
            // E one step and two, G one; C two and one: by steps.
            (Feature.pitchClass, [4: 3, 7: 1, 0: 3]),
            // Upper: repeated, then up 3. Lower: down 12, across the rest.
            (.melodicInterval, [0: 1, 3: 1, -12: 1]),
            // Eighths are 480 ticks: E 1 step, E 2, G 1; C 2, C 1.
            (.noteLength, [480: 3, 960: 2]),
            // Starts at steps 0, 1, 3 and 0, 3: places 6, 7, 1 (8 + 1) and 6, 1 in the bar.
            (.onsetInBar, [2880: 2, 3360: 1, 480: 2]),
            // C and E are bits 0 and 4, twice; then E alone, then C and G.
            (.chord, [0b1_0001: 2, 0b1_0000: 1, 0b1000_0001: 1]),
            // 64 - 60 twice, 67 - 48 once; offset by 128, pair 0.
            (.voiceSpacing, [132: 2, 147: 1]),
        ])
    func byHand(feature: Feature, counts: [Int: Int]) {
        #expect(FeatureHistograms([piece])[feature].counts == counts)
    }

    @Test("a piece lies at 0 from itself, and features that one voice lacks are left out of the mean")
    func toItself() throws {
        let melody = FeatureHistograms([grid([[60, 62, 64, -1]])])
        let distances = melody.distances(to: melody)
        #expect(distances.mean == 0)
        #expect(distances[.voiceSpacing] == nil)
        #expect(distances.values.count == 5)
        #expect(FeatureHistograms().distances(to: melody).mean == nil)
    }

    @Test("each transposition by less than an octave leaves intervals and moves pitch classes")
    func transposed() throws {
        let moved = try #require(piece.transposed(by: 1))
        let distances = FeatureHistograms([moved]).distances(to: FeatureHistograms([piece]))
        #expect(distances[.melodicInterval] == 0)
        #expect(distances[.voiceSpacing] == 0)
        // C, E, G against C sharp, F, G sharp: nothing in common.
        #expect(abs(try #require(distances[.pitchClass]) - 1) < 1e-12)
        let mean = try #require(distances.mean)
        #expect(abs(mean - 2.0 / 6) < 1e-12)
    }
}
