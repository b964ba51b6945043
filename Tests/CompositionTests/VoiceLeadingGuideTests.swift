import Composition
import DiscreteDiffusion
import PianoRoll
import Testing

@Suite struct VoiceLeadingGuideTests {
    private let vocabulary = Vocabulary(encoding: .onset, lowestPitch: 40, highestPitch: 80)

    /// The pitches that a guide lowers in the cell that is written `?`. A lane is a word: pitches joined by spaces, `-` for hold, `.` for
    /// rest, `_` for MASK.
    private func lowered(
        _ lanes: [String], avoiding faults: Set<VoiceLeadingFault> = [.parallelFifths, .parallelOctaves],
        in vocabulary: Vocabulary? = nil
    ) -> (pitches: Set<Int>, hold: Bool) {
        let vocabulary = vocabulary ?? self.vocabulary
        let rows = lanes.map { $0.split(separator: " ") }
        var tokens: [Token] = []
        var asked = 0
        for step in rows[0].indices {
            for row in rows {
                switch row[step] {
                case "?":
                    asked = tokens.count
                    tokens.append(Token(vocabulary.count))
                case "_": tokens.append(Token(vocabulary.count))
                case "-": tokens.append(vocabulary.hold ?? 0)
                case ".": tokens.append(Vocabulary.rest)
                default: tokens.append(vocabulary.token(of: UInt8(row[step]) ?? 0) ?? 0)
                }
            }
        }
        let guide = VoiceLeadingGuide(faults: faults, vocabulary: vocabulary, lanes: lanes.count)
        var logits = Array(repeating: 0.0, count: vocabulary.count)
        var span = logits.mutableSpan
        guide.adjust(&span, cell: asked, tokens: tokens.span)
        let pitches = logits.indices.filter { logits[$0] < 0 }
        return (
            Set(pitches.compactMap { vocabulary.pitch(of: Token($0)).map(Int.init) }),
            vocabulary.hold.map { pitches.contains(Int($0)) } ?? false
        )
    }

    @Test("The pitch that would go in parallel with another lane is lowered")
    func arriving() {
        #expect(lowered(["67 69", "60 ?"]).pitches == [62, 76])
        // Compounds too, and octaves; unisons among them.
        #expect(lowered(["79 77", "60 ?"]).pitches == [46, 58])
        #expect(lowered(["72 74", "60 ?"]).pitches == [62, 74])
        // Neither contrary nor oblique motion is any.
        #expect(lowered(["67 67", "60 ?"]).pitches.isEmpty)
        #expect(lowered(["67 -", "60 ?"]).pitches.isEmpty)
        #expect(lowered(["66 69", "60 ?"]).pitches.isEmpty)
        #expect(lowered(["67 69", "60 ?"], avoiding: [.parallelOctaves]).pitches.isEmpty)
    }

    @Test("Leaps are lowered on both sides of a note")
    func leaps() {
        let far = Set((40...80).filter { [10, 11].contains(abs($0 - 60)) || abs($0 - 60) > 12 })
        #expect(lowered(["60 ?"], avoiding: [.leap]).pitches == far)
        #expect(lowered(["? - 60"], avoiding: [.leap]).pitches == far)
        #expect(lowered(["60 - _ ?"], avoiding: [.leap]).pitches == far)
        #expect(lowered(["60 . ?"], avoiding: [.leap]).pitches.isEmpty)
        #expect(lowered(["60 ? 71"], avoiding: [.leap]).hold)
        #expect(lowered(["60 ?"], avoiding: [.crossing]).pitches.isEmpty)
    }

    @Test("So is the one from which the next note would")
    func leaving() {
        #expect(lowered(["67 - 69", "? - 62"]).pitches == [48, 60])
        // A hold is lowered where the note that goes on is that one.
        #expect(lowered(["67 - - 69", "60 - ? 62"]).hold)
        #expect(!lowered(["67 - - 69", "59 - ? 62"]).hold)
    }

    @Test("Masked cells are taken for holds, three of them at most")
    func masks() {
        #expect(lowered(["67 _ _ _ 69", "60 - - - ?"]).pitches == [62, 76])
        #expect(lowered(["67 _ _ _ _ 69", "60 - - - - ?"]).pitches.isEmpty)
        #expect(lowered(["67 69", ". ?"]).pitches.isEmpty)
        let sustain = Vocabulary(encoding: .sustain, lowestPitch: 40, highestPitch: 80)
        #expect(lowered(["67 67 69", "60 _ ?"], in: sustain).pitches == [62, 76])
    }

    @Test("Crossings and ranges")
    func crossings() {
        let faults: Set<VoiceLeadingFault> = [.crossing]
        #expect(lowered(["60 -", "? -"], avoiding: faults).pitches == Set(61...80))
        #expect(lowered(["? -", "60 62"], avoiding: faults).pitches == Set(40...61))
        #expect(lowered(["60", "?"], avoiding: [.outOfRange]).pitches.isEmpty)
        let bass = lowered(["70", "65", "60", "?"], avoiding: [.outOfRange])
        #expect(bass.pitches == Set(63...80))
    }

    @Test("What is composed under its eye has hardly a fault")
    func composing() throws {
        let composer = Requests().composer(vocabulary: vocabulary, lanes: 4, windowSteps: 64)
        let task = CompositionTask(vocabulary: vocabulary, lanes: 4, steps: 96)
        var settings = try settings(seed: 3, steps: 2)
        func faults() throws -> Int {
            let grids = try composer.compose(task, count: 16, settings: settings).grids
            return grids.reduce(0) { $0 + parallels($1) }
        }
        let free = try faults()
        settings.avoided = [.parallelFifths, .parallelOctaves]
        let guided = try faults()
        #expect(free > 40 && guided * 10 < free, "\(free), \(guided)")
    }

    private func parallels(_ grid: TokenGrid) -> Int {
        let pitches = grid.soundingPitches
        var count = 0
        for step in 1..<grid.steps {
            for upper in 0..<grid.lanes {
                for lower in upper + 1..<grid.lanes {
                    let sounding = [
                        (step - 1, upper), (step - 1, lower), (step, upper), (step, lower),
                    ].compactMap { pitches[$0.0 * grid.lanes + $0.1].map(Int.init) }
                    guard sounding.count == 4 else { continue }
                    let fault = VoiceLeadingFault.parallel(
                        from: (sounding[0], sounding[1]), to: (sounding[2], sounding[3]))
                    if fault != nil { count += 1 }
                }
            }
        }
        return count
    }
}
