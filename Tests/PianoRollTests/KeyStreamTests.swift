import PianoRoll
import TestSupport
import Testing

struct KeyStreamTests {
    @Test(arguments: Vocabulary.Encoding.allCases)
    func `However a grid is cut, the keys play its notes`(encoding: Vocabulary.Encoding) throws {
        var generator = SeededGenerator(seed: 20)
        for round in 0..<200 {
            let grid = TokenGrid.random(encoding: encoding, using: &generator)
            var stream = KeyStream(lanes: grid.lanes)
            var starts: [Int: (pitch: UInt8, step: Int)] = [:]
            var notes: [TokenGrid.LaneNote] = []
            var first = 0
            while first < grid.steps {
                let end = Int.random(in: first + 1...grid.steps, using: &generator)
                let events = stream.read(grid.slice(steps: first..<end, start: .verbatim))
                #expect(events.map(\.step) == events.map(\.step).sorted(), "round \(round)")
                for event in events {
                    let step = first + event.step
                    if event.isPressed {
                        #expect(starts[event.lane] == nil, "round \(round): two keys in lane \(event.lane)")
                        starts[event.lane] = (event.pitch, step)
                    } else {
                        let start = try #require(starts[event.lane], "round \(round)")
                        starts[event.lane] = nil
                        #expect(start.pitch == event.pitch)
                        notes.append(.init(pitch: event.pitch, lane: event.lane, steps: start.step..<step))
                    }
                }
                #expect(stream.held == (0..<grid.lanes).map { starts[$0]?.pitch })
                first = end
            }
            for (lane, start) in starts {
                notes.append(.init(pitch: start.pitch, lane: lane, steps: start.step..<grid.steps))
            }
            notes.sort { ($0.steps.lowerBound, $0.lane) < ($1.steps.lowerBound, $1.lane) }
            #expect(notes == grid.notes, "round \(round)")
        }
    }

    @Test func `Of one step the releases come first`() {
        let vocabulary = Vocabulary(encoding: .onset, lowestPitch: 60, highestPitch: 62)
        var stream = KeyStream(lanes: 2)
        let events = stream.read(TokenGrid(vocabulary: vocabulary, lanes: 2, tokens: [2, 3, 3, 4]))
        #expect(events.suffix(4).map(\.isPressed) == [false, false, true, true])
    }

    @Test(arguments: [
        ("C", 0, false, 0), ("Am", 0, true, 9), ("G", 1, false, 7), ("bb", -2, false, 10),
        ("F#m", 3, true, 6),
        ("Ebm", -6, true, 3), ("C#", 7, false, 1), ("Cb", -7, false, 11),
    ])
    func `Names of keys`(name: String, fifths: Int, isMinor: Bool, tonic: Int) throws {
        let key = try #require(Score.Key(name: name))
        #expect(key == Score.Key(tick: 0, fifths: fifths, isMinor: isMinor))
        #expect(key.tonic == tonic)
    }

    @Test(arguments: ["", "H", "C major", "G##", "D#", "m", "Gbm", "Cmm"]) func `No names of keys`(
        name: String
    ) {
        #expect(Score.Key(name: name) == nil)
    }
}
