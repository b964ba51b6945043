import PianoRoll
import Testing

/// Where the bars lie. Scores here have 24 ticks a quarter, grids four steps.
@Suite struct PickupTests {
    private let vocabulary = Vocabulary(encoding: .onset)

    private func timing(
        _ meters: [(tick: Int, numerator: Int, denominator: Int)], firstNote: Int = 0, endTick: Int = 24 * 40,
        options: (inout Score.EncodingOptions) -> Void = { _ in }
    ) throws -> (timing: TokenGrid.Timing, report: QuantisationReport) {
        let score = Score(
            ticksPerQuarter: 24, tracks: [Score.Track()],
            notes: [Note(pitch: 60, startTick: firstNote, endTick: firstNote + 24)],
            meters: meters.map {
                Score.Meter(tick: $0.tick, numerator: $0.numerator, denominator: $0.denominator)
            },
            endTick: endTick)
        var chosen = Score.EncodingOptions(vocabulary: vocabulary)
        options(&chosen)
        let (grid, report) = try score.encoded(chosen)
        return (grid.timing, report)
    }

    @Test func withoutAMeterBarsAreOf4() throws {
        #expect(try timing([]).timing == TokenGrid.Timing())
    }

    @Test func aShortFirstBarIsAPickup() throws {
        let (found, report) = try timing([(0, 1, 4), (24, 4, 4)])
        #expect(found == TokenGrid.Timing(firstStepInBar: 12))
        #expect(report.ignoredMeterCount == 0)
        #expect(try timing([(0, 3, 8), (36, 6, 8)]).timing.firstStepInBar == 6)
        // The same meter again before its first bar is full.
        #expect(try timing([(0, 3, 4), (24, 3, 4)]).timing.firstStepInBar == 8)
    }

    @Test func twoShortBarsAreNone() throws {
        let (found, report) = try timing([(0, 1, 4), (48, 4, 4)])
        // The bar line of the meter that lasts is what counts, all the same.
        #expect(found.meterNumerator == 4 && found.firstStepInBar == 8)
        #expect(report.ignoredMeterCount == 1)
    }

    @Test func theMeterInForceLongestIsTheGrids() throws {
        let (found, report) = try timing([(0, 4, 4), (96, 3, 4), (96 + 72 * 6, 4, 4)])
        #expect(found.meterNumerator == 3 && found.firstStepInBar == 8)
        #expect(report.ignoredMeterCount == 2)
    }

    @Test func aRepeatedSignOnTheBarLineIsNoChange() throws {
        #expect(try timing([(0, 3, 4), (72, 3, 4), (144, 3, 4)]).report.ignoredMeterCount == 0)
    }

    @Test func shiftCutsLeadingSilenceAndKeepsThePlaceInTheBar() throws {
        // Silence of three quarters, then a note on the fourth.
        let (found, _) = try timing([], firstNote: 72) { $0.alignment = .shift }
        #expect(found.firstStepInBar == 12)
        #expect(try timing([], firstNote: 72).timing.firstStepInBar == 0)
        // A pickup of a quarter, then silence up to the third quarter of bar 1.
        let later = try timing([(0, 1, 4), (24, 4, 4)], firstNote: 72) { $0.alignment = .shift }
        #expect(later.timing.firstStepInBar == 8)
    }

    @Test func aPickupCanBeGiven() throws {
        #expect(try timing([]) { $0.pickupSteps = 4 }.timing.firstStepInBar == 12)
        #expect(try timing([]) { $0.pickupSteps = .min }.timing.firstStepInBar == 0)
        #expect(try timing([]) { $0.pickupSteps = -3 }.timing.firstStepInBar == 3)
    }

    @Test func aPickupIsWrittenAsAShortBar() throws {
        let grid = TokenGrid(
            vocabulary: vocabulary, lanes: 1, timing: .init(firstStepInBar: 12), tokens: [62, 1, 1, 1])
        let meters = try grid.decoded().meters
        #expect(
            meters == [
                Score.Meter(tick: 0, numerator: 1, denominator: 4),
                Score.Meter(tick: 480, numerator: 4, denominator: 4),
            ])
        // A third of a quarter is no meter's bar: the sign is given twice.
        let triplet = TokenGrid(
            vocabulary: vocabulary, lanes: 1, timing: .init(stepsPerQuarter: 3, firstStepInBar: 11),
            tokens: [62])
        #expect(
            try triplet.decoded().meters == [
                Score.Meter(tick: 0, numerator: 4, denominator: 4),
                Score.Meter(tick: 160, numerator: 4, denominator: 4),
            ])
    }

    @Test func timingsThatNoScoreCanTell() {
        func decoding(_ timing: TokenGrid.Timing) throws -> Score {
            try TokenGrid(vocabulary: vocabulary, lanes: 1, timing: timing, tokens: []).decoded()
        }
        #expect(throws: ScoreError.firstStepInBar(16, stepsPerBar: 16)) {
            try decoding(.init(firstStepInBar: 16))
        }
        #expect(throws: ScoreError.firstStepInBar(-1, stepsPerBar: 16)) {
            try decoding(.init(firstStepInBar: -1))
        }
        #expect(throws: ScoreError.meter(numerator: 4, denominator: 0, tick: 0)) {
            try decoding(.init(meterDenominator: 0))
        }
        #expect(throws: ScoreError.stepsPerQuarter(0)) { try decoding(.init(stepsPerQuarter: 0)) }
    }
}
