import DiscreteDiffusion
import Evaluation
import PianoRoll
import Testing

@Suite("Copies of the training set")
struct CopyingTests {
    private let copying = Copying(training: [
        grid([[60, 62, 64, 65, 67, -1, nil, 60]]), grid([[70, 70, 71, 70, 68, 68]]),
    ])

    @Test("a stretch is found where it stands, in another key too")
    func transposed() throws {
        // 62 64 65 67 hold, a third higher, between notes that are not there.
        let run = try #require(copying.longestRun(of: grid([[50, 66, 68, 69, 71, -1, 90]])))
        #expect(run == Copying.Run(steps: 1..<6, piece: 0, start: 1))
    }

    @Test("a note held is not a note struck again, and no stretch goes from one piece into the next")
    func strict() throws {
        let struck = try #require(copying.longestRun(of: grid([[62, 64, 65, 67, 67]])))
        #expect(struck.steps == 0..<4)
        // The end of the first piece and the start of the second.
        let across = try #require(copying.longestRun(of: grid([[67, -1, nil, 60, 70, 70, 71]])))
        #expect(across.steps == 0..<4 || across.steps == 4..<7)
        #expect(across.steps.count == 4)
    }

    @Test("voices have to move alike: a chord whose bass is elsewhere is not the same")
    func voices() throws {
        let copying = Copying(training: [grid([[64, 65, 67], [60, 60, 60]])])
        #expect(copying.longestRun(of: grid([[66, 67, 69], [62, 62, 62]]))?.steps.count == 3)
        #expect(copying.longestRun(of: grid([[66, 67, 69], [62, 62, 60]]))?.steps == 0..<2)
    }

    @Test("nothing in common, nothing there")
    func none() {
        #expect(copying.longestRun(of: grid([[nil], [nil]])) == nil)
        #expect(Copying(training: []).longestRun(of: grid([[60, 62]])) == nil)
        #expect(copying.longestRun(of: grid([[60]]))?.steps.count == 1)
    }

    @Test("finds what trying all places finds", arguments: 1...20 as ClosedRange<UInt64>)
    func bruteForce(seed: UInt64) throws {
        var generator = CounterGenerator(seed: seed)
        // Few pitches, so that there are many stretches; all steps sound.
        func melody(_ count: Int) -> [Int?] {
            (0..<count).map {
                $0 > 0 && generator.drawIndex(below: 4) == 0 ? -1 : 60 + generator.drawIndex(below: 3)
            }
        }
        let training = (0..<6).map { _ in melody(20 + generator.drawIndex(below: 20)) }
        let query = melody(40)
        let run = try #require(Copying(training: training.map { grid([$0]) }).longestRun(of: grid([query])))
        #expect(run.steps.count == Self.longest(query, training), "seed \(seed)")
    }

    /// By the definition: what each step does and its pitches against the stretch's first.
    private static func longest(_ query: [Int?], _ training: [[Int?]]) -> Int {
        func steps(_ melody: [Int?]) -> [(pitch: Int, starts: Bool)] {
            var pitch = 0
            return melody.map { cell in
                if let cell, cell >= 0 { pitch = cell }
                return (pitch, (cell ?? -1) >= 0)
            }
        }
        let own = steps(query)
        var best = 0
        for piece in training.map(steps) {
            for start in own.indices {
                for place in piece.indices {
                    var length = 0
                    while start + length < own.count, place + length < piece.count,
                        own[start + length].starts == piece[place + length].starts,
                        own[start + length].pitch - own[start].pitch
                            == piece[place + length].pitch - piece[place].pitch
                    { length += 1 }
                    best = max(best, length)
                }
            }
        }
        return best
    }
}
