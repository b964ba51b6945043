import PianoRoll
import TestSupport
import Testing

@Suite struct PictureTests {
    /// A pickup of a quarter in 2/4, then two bars; soprano and alto meet on D at step 6.
    private var grid: TokenGrid {
        let soprano: [UInt16] = [4, 1, 6, 1, 4, 4, 4, 1, 0, 0, 6, 6, 1, 1, 1, 1, 1, 1, 1, 1]
        let alto: [UInt16] = [2, 1, 1, 1, 2, 0, 4, 1, 2, 1, 1, 1, 1, 1, 1, 1, 0, 0, 0, 0]
        let rest = Array(repeating: UInt16(0), count: 20)
        return TokenGrid(
            vocabulary: Vocabulary(encoding: .onset, lowestPitch: 60, highestPitch: 72), lanes: 4,
            timing: .init(meterNumerator: 2, meterDenominator: 4, firstStepInBar: 4),
            tokens: (0..<20).flatMap { [soprano[$0], alto[$0], rest[$0], rest[$0]] })
    }

    @Test func rollInLetters() {
        let expected = """
                 0    1        2
              E4 |. S-|.   . SS|--------|
             D#4 |.   |.   .   |.   .   |
              D4 |S-  |SS*=.   |.   .   |
             C#4 |.   |.   .   |.   .   |
              C4 |A---|A   A---|----.   |

            """
        #expect(grid.text(.init(usesASCII: true)) == expected)
    }

    @Test func longGridsWrapAtBars() {
        let text = grid.text(.init(width: 20, usesASCII: true))
        #expect(text.split(separator: "\n").allSatisfy { $0.count <= 20 })
        // A pickup and a bar fit, then a bar and the last half one.
        let headers = text.split(separator: "\n").filter { $0.allSatisfy { $0 == " " || $0.isNumber } }
        #expect(headers.map { $0.filter { $0 != " " } } == ["01", "2"])
        // A bar that is too wide is parted rather than the line made longer.
        var wide = grid
        wide.timing = .init(meterNumerator: 20, meterDenominator: 4)
        #expect(wide.text(.init(width: 16)).split(separator: "\n").allSatisfy { $0.count <= 16 })
    }

    @Test func coloursAreReset() {
        let lines = grid.text(.init(usesColor: true)).split(separator: "\n")
        for line in lines {
            let sequences = line.split(separator: "\u{1B}").dropFirst().map { $0.prefix { $0 != "m" } }
            #expect(sequences.last.map { $0 == "[0" } ?? true)
        }
        #expect(lines.contains { $0.contains("\u{1B}[31mS─") })
        #expect(!grid.text().contains("\u{1B}"))
    }

    @Test func everyCellIsDrawnOnce() {
        for seed in UInt64(0)..<300 {
            var generator = SeededGenerator(seed: seed)
            var grid = TokenGrid.random(encoding: .onset, using: &generator)
            grid.timing = .init(meterNumerator: 3, firstStepInBar: Int.random(in: 0..<12, using: &generator))
            let text = grid.text(.init(width: .random(in: 0...200, using: &generator), usesASCII: true))
            // A sign for each (step, pitch) that sounds, and no other.
            let drawn = text.split(separator: "\n").filter { $0.contains("|") }
                .map { $0.drop { $0 != "|" }.count { !" .|".contains($0) } }.reduce(0, +)
            var sounding: Set<[Int]> = []
            for (cell, pitch) in grid.soundingPitches.enumerated() {
                if let pitch { sounding.insert([cell / grid.lanes, Int(pitch)]) }
            }
            #expect(drawn == sounding.count, "seed \(seed)")
        }
    }

    @Test func pitchNames() {
        #expect([0, 21, 60, 61, 127].map(TokenGrid.name(ofPitch:)) == ["C-1", "A0", "C4", "C#4", "G9"])
    }

    @Test func svgHasEveryNote() {
        let svg = grid.svg(.init(title: "Ein <feste> \"Burg\" & \u{1}mehr"))
        #expect(svg.contains("Ein &lt;feste&gt; &quot;Burg&quot; &amp; mehr"))
        let groups = svg.split(separator: "\n").filter { $0.hasPrefix("<g>") }
        #expect(groups.count == grid.notes.count)
        #expect(svg.hasPrefix("<svg ") && svg.hasSuffix("</svg>\n"))
        // Over a system's end a note is drawn in each, dark only where it starts.
        let narrow = grid.svg(.init(width: 200, stepWidth: 15))
        #expect(narrow.split(separator: "\n").count { $0.hasPrefix("<g>") } > grid.notes.count)
        #expect(narrow.split(separator: "fill-opacity").count - 1 == grid.notes.count)
    }

    @Test func picturesOfNothing() {
        let empty = TokenGrid(vocabulary: Vocabulary(encoding: .onset), lanes: 2, tokens: [])
        #expect(empty.text().isEmpty)
        #expect(empty.svg(.init(width: .max, stepWidth: .nan, rowHeight: -.infinity)).hasSuffix("</svg>\n"))
    }
}
