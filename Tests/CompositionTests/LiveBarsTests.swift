import Composition
import PianoRoll
import Testing

struct LiveBarsTests {
    let vocabulary = Vocabulary(encoding: .onset, lowestPitch: 60, highestPitch: 72)

    /// Bars of two steps in one lane: a number is a pitch, nil a hold.
    private func bar(_ pitches: [UInt8?]) throws -> TokenGrid {
        TokenGrid(
            vocabulary: vocabulary, lanes: 1,
            tokens: try pitches.map { pitch in
                try pitch.map { try #require(vocabulary.token(of: $0)) } ?? 1
            })
    }

    private func pitches(_ bar: LiveBars.Bar?) -> [UInt8?]? {
        bar.map { bar in bar.grid.tokens.map { vocabulary.pitch(of: $0) } }
    }

    @Test func `Bars that are ready are played as they are`() throws {
        let queue = BoundedQueue<TokenGrid>(capacity: 4)
        var bars = LiveBars(queue, lanes: 1, phraseBars: 2)
        #expect(bars.next() == nil)
        for grid in [try bar([60, nil]), try bar([nil, 62]), try bar([nil, nil])] { _ = queue.put(grid) }
        #expect(bars.next()?.events == [KeyEvent(step: 0, lane: 0, pitch: 60, isPressed: true)])
        #expect(
            bars.next()?.events == [
                KeyEvent(step: 1, lane: 0, pitch: 60, isPressed: false),
                KeyEvent(step: 1, lane: 0, pitch: 62, isPressed: true),
            ])
        #expect(bars.report.smallestLead == 2)
        queue.finish()
        #expect(bars.next()?.events == [])
        #expect(bars.next() == nil)
        #expect(bars.report.bars == 3 && bars.report.repeats == 0)
        // At the end there is nothing left to be ahead of.
        #expect(bars.report.smallestLead == 2)
    }

    @Test func `What is not ready is filled by the latest phrase, and the next joins it`() throws {
        let queue = BoundedQueue<TokenGrid>(capacity: 8)
        var bars = LiveBars(queue, lanes: 1, phraseBars: 2)
        for grid in [try bar([60, 61]), try bar([nil, 62]), try bar([63, 64])] { _ = queue.put(grid) }
        for _ in 0..<3 { #expect(bars.next() != nil) }
        // The phrase began within a note that sounded from the bar before: it is struck anew.
        let repeated = bars.next()
        #expect(pitches(repeated) == [61, 62])
        #expect(
            repeated?.events.first == KeyEvent(step: 0, lane: 0, pitch: 64, isPressed: false))
        // Late for this phrase: it is played to its end first.
        _ = queue.put(try bar([nil, 65]))
        #expect(pitches(bars.next()) == [63, 64])
        let next = bars.next()
        #expect(
            next?.events == [
                KeyEvent(step: 1, lane: 0, pitch: 64, isPressed: false),
                KeyEvent(step: 1, lane: 0, pitch: 65, isPressed: true),
            ])
        #expect(bars.report.repeats == 1 && bars.report.smallestLead == 0 && bars.report.bars == 6)
    }

    @Test func `It repeats as long as it has to`() throws {
        let queue = BoundedQueue<TokenGrid>(capacity: 8)
        var bars = LiveBars(queue, lanes: 1, phraseBars: 4)
        _ = queue.put(try bar([60, nil]))
        for _ in 0..<5 { #expect(pitches(bars.next()) == [60, nil]) }
        #expect(bars.report.repeats == 4)
    }
}
