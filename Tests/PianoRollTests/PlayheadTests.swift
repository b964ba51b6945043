import PianoRoll
import Testing

@Suite struct PlayheadTests {
    /// A quarter of pickup, two bars of 3/4 at 60, then 4/4 at 120 from tick 1,680 on; 240 ticks a quarter.
    private let score = Score(
        ticksPerQuarter: 240, tracks: [.init(), .init()],
        notes: [
            Note(pitch: 72, track: 0, startTick: 0, endTick: 1_680),
            Note(pitch: 48, track: 1, startTick: 240, endTick: 480),
            Note(pitch: 55, track: 1, startTick: 240, endTick: 480),
            Note(pitch: 60, track: 0, startTick: 1_680, endTick: 2_640),
        ],
        tempos: [
            .init(tick: 0, microsecondsPerQuarter: 1_000_000),
            .init(tick: 1_680, microsecondsPerQuarter: 500_000),
        ],
        meters: [
            .init(tick: 0, numerator: 1, denominator: 4), .init(tick: 240, numerator: 3, denominator: 4),
            .init(tick: 1_680, numerator: 4, denominator: 4),
        ])

    @Test func barsFollowMetersAndTempos() {
        let playhead = Playhead(score)
        #expect(playhead.barCount == 4)
        for (seconds, bar) in [
            (-1.0, 1), (0, 1), (0.99, 1), (1, 2), (3.9, 2), (4, 3), (7, 4), (8.9, 4), (100, 4),
        ] {
            #expect(playhead.bar(atSeconds: seconds) == bar, "\(seconds) s")
        }
    }

    @Test func whatSoundsIsToldByTrackFromHighToLow() {
        let playhead = Playhead(score)
        #expect(playhead.notes(atSeconds: 1.5).map(\.pitch) == [72, 55, 48])
        #expect(playhead.notes(atSeconds: 2).map(\.pitch) == [72])
        #expect(playhead.notes(atSeconds: 7).map(\.pitch) == [60])
        #expect(playhead.notes(atSeconds: 9.1).isEmpty)
    }

    @Test func anEmptyScoreHasABar() {
        let playhead = Playhead(Score(ticksPerQuarter: 96, tracks: [], notes: []))
        #expect(
            playhead.barCount == 1 && playhead.bar(atSeconds: 3) == 1 && playhead.notes(atSeconds: 0).isEmpty)
    }
}
