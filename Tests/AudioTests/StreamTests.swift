import Audio
import PianoRoll
import Testing

/// Notes that are handed over while they are played.
@Suite struct StreamTests {
    private let font: SoundFont

    init() throws { font = try SoundFont.locate() }

    /// Four voices in bars of 16 steps, with notes held over bar lines.
    private var grid: TokenGrid {
        let vocabulary = Vocabulary(encoding: .onset, lowestPitch: 36, highestPitch: 84)
        let tokens = (0..<64 * 4).map { cell -> UInt16 in
            let (step, lane) = cell.quotientAndRemainder(dividingBy: 4)
            if step % 24 == 20, lane == 1 { return Vocabulary.rest }
            return step % (6 + lane) == 0 ? UInt16(40 - 9 * lane + step % 5) : 1
        }
        return TokenGrid(vocabulary: vocabulary, lanes: 4, tokens: tokens).repaired()
    }

    private func stream(of grid: TokenGrid, barSteps: Int = 16, asked: @escaping () -> Void = {}) throws
        -> Renderer
    {
        var keys = KeyStream(lanes: grid.lanes)
        var first = 0
        return try Renderer(programs: [nil, 48, 19, nil], secondsPerStep: 60.0 / 97 / 4, soundFont: font) {
            asked()
            guard first < grid.steps else { return nil }
            let end = min(grid.steps, first + barSteps)
            defer { first = end }
            return .init(
                steps: end - first, events: keys.read(grid.slice(steps: first..<end, start: .verbatim)))
        }
    }

    private func read(_ renderer: Renderer, frames: Int) throws -> [Float] {
        var buffer = [Float](repeating: 0, count: 2 * frames)
        var span = buffer.mutableSpan
        let count = try renderer.read(into: &span)
        return Array(buffer[..<(2 * count)])
    }

    @Test(arguments: [1, 16, 64]) func aStreamSoundsAsItsScore(barSteps: Int) throws {
        var voices = TokenGrid.standardVoices(lanes: 4)
        (voices[1].program, voices[2].program) = (48, 19)
        let score = try grid.decoded(.init(quartersPerMinute: 97, voices: voices))
        let whole = try Renderer(score: score, soundFont: font)
        let streamed = try stream(of: grid, barSteps: barSteps)
        let frames = whole.scoreFrames - 64
        let (first, second) = (try read(whole, frames: frames), try read(streamed, frames: frames))
        #expect(first.count == 2 * frames)
        #expect(first == second)
        // Nothing is left sounding.
        let tail = try streamed.render()
        #expect(tail.duration > 0.1 && tail.duration < 5.1)
        #expect(tail.samples.suffix(200).allSatisfy { abs($0) < 1 / 32_768 })
        #expect(streamed.scoreFrames == whole.scoreFrames)
    }

    @Test func stretchesAreAskedForWhenTheyAreDue() throws {
        var asked = 0
        let renderer = try stream(of: grid) { asked += 1 }
        // Bars last 2.47 s, and a block may reach a little farther than what is read.
        for (second, bars) in zip(1...8, [1, 1, 2, 2, 3, 3, 3, 4]) {
            #expect(try read(renderer, frames: 44_100).count == 88_200)
            #expect(asked == bars, "after \(second) s")
        }
    }

    @Test func anEmptyStreamIsOverAtOnce() throws {
        let renderer = try Renderer(programs: [nil], secondsPerStep: 0.1, soundFont: font) { nil }
        #expect(try renderer.render().frameCount == 0)
    }
}
