import Composition
import DiscreteDiffusion
import GridTraining
import PianoRoll
import Testing
import Training

@Suite struct WindowSamplerTests {
    private let mask = Token(smallVocabulary.count)
    private let padding = Token(smallVocabulary.count + 1)

    private func sampler(pieces: [TokenGrid], steps: Int, conditional: Double) -> WindowSampler {
        var settings = WindowSettings()
        settings.transposition = -2...2
        settings.conditionalShare = conditional
        return WindowSampler(
            pieces: pieces, configuration: smallConfiguration(steps: steps),
            process: AbsorbingProcess(stateCount: smallVocabulary.count), edges: true, settings: settings)
    }

    @Test(
        "Hidden cells weigh one together, visible cells show the truth, padding is neither", arguments: 0..<50
    )
    func examples(stream: UInt64) {
        let sampler = sampler(pieces: smallPieces(count: 3, steps: 24, seed: 5), steps: 32, conditional: 0.5)
        var generator = CounterGenerator(seed: 11, for: .training, stream: stream)
        let example = sampler.draw(level: generator.drawUnit(), using: &generator)
        #expect(example.tokens.count == 64 && example.contexts.count == 32 * GridFeatures.count)
        var total: Float = 0
        for cell in example.tokens.indices {
            switch example.tokens[cell] {
            case mask:
                #expect(example.weights[cell] > 0)
                total += example.weights[cell]
            case padding:
                #expect(example.weights[cell] == 0)
                #expect(example.contexts[cell / 2 * GridFeatures.count] == -1)
            default:
                #expect(example.tokens[cell] == example.targets[cell])
                #expect(example.weights[cell] == 0)
            }
        }
        #expect(abs(total - 1) < 1e-5)
        // No window is longer than the piece: at least eight steps are padding.
        #expect(example.tokens.suffix(16).allSatisfy { $0 == padding })
    }

    @Test("Level 0 hides one cell, a level near 1 all of them")
    func levels() {
        let grid = smallPieces(count: 1, steps: 16, seed: 6)[0]
        let features = GridFeatures(timing: grid.timing, window: 0..<16, pieceSteps: 16, transposition: 0)
        for (level, hidden) in [(0.0, 1), (0.5, 17), (0.999, 32)] {
            var generator = CounterGenerator(seed: 1, for: .training)
            var example = Example(
                clean: grid.tokens, contexts: features.values, at: level, for: smallConfiguration(steps: 16))
            example.hide(
                free: [Bool](repeating: true, count: 32), level: level, mask: mask, using: &generator)
            #expect(example.tokens.count { $0 == mask } == hidden)
        }
    }

    @Test("The model is told by how much a window was transposed, or nothing")
    func transposition() {
        // A single pitch tells the shift of every copy.
        var grid = smallPieces(count: 1, steps: 16, seed: 6)[0]
        for cell in grid.tokens.indices where grid.tokens[cell] > 1 { grid.tokens[cell] = 7 }
        let sampler = sampler(pieces: [grid], steps: 16, conditional: 0)
        var shifts: Set<Int> = []
        var untold = 0
        for stream in 0..<500 {
            var generator = CounterGenerator(seed: 4, for: .training, stream: UInt64(stream))
            let example = sampler.draw(level: 0, using: &generator)
            let told = Set((0..<16).map { example.contexts[$0 * GridFeatures.count + 4] }.filter { $0 >= 0 })
            #expect(told.count == 1)
            let shift = Int(example.targets[0]) - 7
            if told.contains(0) {
                untold += 1
            } else {
                #expect(told.contains(Int32(shift + 7)))
                shifts.insert(shift)
            }
        }
        #expect(shifts == Set(-2...2))
        #expect((60...140).contains(untold), "a fifth of 500 is not told: \(untold)")
    }

    @Test("A window that begins inside a note shows its pitch")
    func restart() {
        let grid = smallPieces(count: 1, steps: 40, seed: 7)[0]
        let sampler = sampler(pieces: [grid], steps: 8, conditional: 0)
        for stream in 0..<40 {
            var generator = CounterGenerator(seed: 3, for: .training, stream: UInt64(stream))
            let example = sampler.draw(level: 0, using: &generator)
            #expect(example.targets[0] != smallVocabulary.hold && example.targets[1] != smallVocabulary.hold)
        }
    }

    /// Whole steps from one on, some lanes of a stretch, or some lanes: always a rectangle, never nothing.
    @Test("Every task leaves a rectangle free, and all kinds come up", arguments: 1...4)
    func regions(lanes: Int) {
        var kinds: Set<String> = []
        for stream in 0..<400 {
            var generator = CounterGenerator(seed: 5, for: .training, stream: UInt64(stream))
            let region = KnownRegion.draw(steps: 12, lanes: lanes, using: &generator)
            #expect(region.free.count == 12 * lanes)
            let steps = (0..<12).filter { step in (0..<lanes).contains { region.free[step * lanes + $0] } }
            let free = (0..<lanes).filter { lane in steps.contains { region.free[$0 * lanes + lane] } }
            #expect(region.free.count { $0 } == steps.count * free.count && !steps.isEmpty)
            #expect(zip(steps, steps.dropFirst()).allSatisfy { $1 == $0 + 1 })
            if free.count < lanes, steps.count == 12 { kinds.insert("harmonise") }
            if steps.last == 11, steps.count < 12, free.count == lanes { kinds.insert("continue") }
            if steps.count < 12, steps.last != 11 { kinds.insert("infill") }
        }
        #expect(kinds == (lanes > 1 ? ["harmonise", "continue", "infill"] : ["continue", "infill"]))
    }

    @Test("A share of the windows has known cells, which are never hidden")
    func conditional() {
        let pieces = smallPieces(count: 3, steps: 16, seed: 5)
        for share in [0, 0.25, 1] {
            let sampler = sampler(pieces: pieces, steps: 16, conditional: share)
            var known = 0
            for stream in 0..<400 {
                var generator = CounterGenerator(seed: 6, for: .training, stream: UInt64(stream))
                let example = sampler.draw(level: 0.999_999, using: &generator)
                let cells = example.tokens.count { $0 != padding }
                // At the highest level all that is free is hidden.
                if example.tokens.count(where: { $0 == mask }) < cells { known += 1 }
            }
            // Some tasks happen to leave all free: a prefix of no steps, an infill of everything.
            #expect(Double(known) <= share * 400 + 45 && Double(known) >= share * 400 * 0.75 - 20, "\(known)")
        }
    }
}
