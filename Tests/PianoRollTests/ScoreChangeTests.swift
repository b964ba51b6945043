import PianoRoll
import Testing

struct ScoreChangeTests {
    private let score = Score(
        ticksPerQuarter: 480, tracks: [.init(name: "a"), .init(name: "b"), .init(name: "drums")],
        notes: [
            Note(pitch: 60, track: 0, startTick: 0, endTick: 480),
            Note(pitch: 100, track: 1, startTick: 0, endTick: 480),
            Note(pitch: 36, channel: 9, track: 2, startTick: 0, endTick: 480),
        ],
        keys: [.init(tick: 0, fifths: 2, isMinor: false)],
        controls: [.init(tick: 0, track: 1, channel: 0, .pitchBend(0))])

    @Test func `A transposed score has its keys with it and its drums where they are`() throws {
        let up = try #require(score.transposed(by: 3))
        #expect(up.notes.map(\.pitch) == [63, 103, 36])
        // D major becomes F major.
        #expect(up.keys.map(\.fifths) == [-1])
        #expect(up.transposed(by: -3) == score)
        #expect(score.transposed(by: 12)?.keys == score.keys)
        #expect(score.transposed(by: 28) == nil && score.transposed(by: -61) == nil)
        for semitones in -11...11 {
            let key = try #require(score.transposed(by: semitones)?.keys.first)
            #expect((-6...6).contains(key.fifths) && (key.fifths - 2 - 7 * semitones) % 12 == 0)
        }
    }

    @Test func `A line played legato is cut to a line, and nothing else is`() {
        func cut(_ spans: [(Int, Int)]) -> [Int] {
            let notes = spans.enumerated().map {
                Note(pitch: UInt8(60 + $0), startTick: $1.0, endTick: $1.1)
            }
            return Score(ticksPerQuarter: 480, tracks: [.init()], notes: notes).withoutLegatoOverlaps().notes
                .map(\.endTick)
        }
        #expect(cut([(0, 680), (480, 1_100), (960, 1_440)]) == [480, 960, 1_440])
        #expect(cut([(0, 400), (480, 960)]) == [400, 960])
        // Two voices that take turns, a chord, and a note held over the next two.
        #expect(cut([(0, 960), (480, 1_440), (960, 1_920)]) == [960, 1_440, 1_920])
        #expect(cut([(0, 480), (0, 480), (480, 960)]) == [480, 480, 960])
        #expect(cut([(0, 2_000), (1_100, 1_500), (1_600, 2_100)]) == [2_000, 1_500, 2_100])
    }

    @Test func `Notes and controls keep their tracks by whatever number`() {
        var moved = score
        moved.renumberTracks([2, 0, 1])
        #expect(moved.tracks.map(\.name) == ["b", "drums", "a"])
        #expect(moved.notes.map(\.pitch) == [100, 36, 60] && moved.notes.map(\.track) == [0, 1, 2])
        var bent = score
        bent.controls = [
            .init(tick: 0, track: 0, .pitchBend(1)), .init(tick: 0, track: 0, .pitchBend(2)),
            .init(tick: 0, track: 1, .pitchBend(3)), .init(tick: 5, track: 0, .pitchBend(4)),
        ]
        bent.renumberTracks([1, 0, 2])
        #expect(
            bent.controls == [
                .init(tick: 0, track: 0, .pitchBend(3)), .init(tick: 0, track: 1, .pitchBend(1)),
                .init(tick: 0, track: 1, .pitchBend(2)), .init(tick: 5, track: 1, .pitchBend(4)),
            ])
    }
}
