import Composition
import DiscreteDiffusion
import PianoRoll
import Testing

struct ComposerTests {
    let vocabulary = Vocabulary(encoding: .onset, lowestPitch: 40, highestPitch: 60)

    @Test(arguments: [1, 15, 16, 17, 24, 25, 100])
    func `Windows overlap by half, cover the piece and end with it`(steps: Int) {
        let windows = Requests().composer(vocabulary: vocabulary, lanes: 1, windowSteps: 16).windows(
            ofPiece: steps)
        #expect(windows.first?.lowerBound == 0)
        #expect(windows.last?.upperBound == steps)
        for window in windows { #expect(window.count == min(16, steps)) }
        for (first, second) in zip(windows, windows.dropFirst()) {
            #expect(first.upperBound - second.lowerBound >= 8)
            #expect(second.upperBound > first.upperBound)
        }
    }

    @Test func `A later window is shown what the earlier ones composed`() throws {
        let requests = Requests()
        let composer = requests.composer(vocabulary: vocabulary, lanes: 2, windowSteps: 16)
        let task = CompositionTask(vocabulary: vocabulary, lanes: 2, steps: 40)
        let (grids, calls) = try composer.compose(task, settings: try settings(seed: 1))
        #expect(requests.windows == [0..<16, 8..<24, 16..<32, 24..<40])
        #expect(calls == 16)
        let mask = Token(vocabulary.count)
        for (window, denoiser) in zip(requests.windows, requests.denoisers).dropFirst() {
            let shown = denoiser.firstTokens
            #expect(!shown[..<16].contains(mask))
            #expect(shown[16...].allSatisfy { $0 == mask })
            // A hold without a note is shown as composed and repaired at the end: pitches alone are compared.
            for cell in 2..<16 where vocabulary.pitch(of: shown[cell]) != nil {
                #expect(shown[cell] == grids[0].tokens[window.lowerBound * 2 + cell])
            }
        }
    }

    @Test func `A new piece is asked for as it would be written; given notes tell their own key`() throws {
        let requests = Requests()
        let composer = requests.composer(vocabulary: vocabulary, lanes: 2, windowSteps: 16)
        let new = CompositionTask(vocabulary: vocabulary, lanes: 2, steps: 24)
        _ = try composer.compose(new, settings: try settings(seed: 1))
        #expect(requests.transpositions == [0, 0])
        let partial = CompositionTask(given: new.given, isFree: new.isFree.dropLast() + [false])
        _ = try composer.compose(partial, settings: try settings(seed: 1))
        #expect(requests.transpositions == [0, 0, nil, nil])
    }

    @Test func `Every grid is well-formed`() throws {
        let composer = Requests().composer(vocabulary: vocabulary, lanes: 4, windowSteps: 32)
        let task = CompositionTask(vocabulary: vocabulary, lanes: 4, steps: 80)
        let grids = try composer.compose(task, count: 5, settings: try settings(seed: 2)).grids
        #expect(grids.count == 5)
        #expect(!grids.contains { !$0.isWellFormed })
    }

    @Test func `A seed and a number tell a take, whatever the count`() throws {
        let composer = Requests().composer(vocabulary: vocabulary, lanes: 2, windowSteps: 16)
        let task = CompositionTask(vocabulary: vocabulary, lanes: 2, steps: 24)
        let three = try composer.compose(task, count: 3, settings: try settings(seed: 7)).grids
        let two = try composer.compose(task, count: 2, settings: try settings(seed: 7)).grids
        let other = try composer.compose(task, count: 2, settings: try settings(seed: 8)).grids
        #expect(Array(three[..<2]) == two)
        #expect(Set(three + other).count == 5)
    }

    @Test func `A task in other tokens is refused`() throws {
        let composer = Requests().composer(vocabulary: vocabulary, lanes: 2, windowSteps: 16)
        let task = CompositionTask(vocabulary: vocabulary, lanes: 3, steps: 24)
        #expect(throws: CompositionError.mismatch) {
            try composer.compose(task, settings: try settings(seed: 7))
        }
    }

    @Test func `Given cells stay in all windows`() throws {
        let composer = Requests().composer(vocabulary: vocabulary, lanes: 2, windowSteps: 16)
        let token = try #require(vocabulary.token(of: 50))
        let tokens = (0..<80).map { $0 % 2 == 0 ? ($0 % 8 == 0 ? token : 1) : Vocabulary.rest }
        let given = TokenGrid(vocabulary: vocabulary, lanes: 2, tokens: tokens)
        let task = CompositionTask(given: given, isFree: tokens.indices.map { $0 % 2 == 1 })
        let grid = try composer.compose(task, settings: try settings(seed: 3)).grids[0]
        for step in 0..<40 { #expect(grid[step, 0] == given[step, 0]) }
        #expect((0..<40).contains { grid[$0, 1] != Vocabulary.rest })
    }
}
