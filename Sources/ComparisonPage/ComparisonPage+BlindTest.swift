import FoundationEssentials

extension ComparisonPage {
    /// What the page's script is told of a pair.
    private struct Trial: Encodable {
        struct Side: Encodable {
            let schedule, sound: String
        }
        let name: String
        let sides: [Side]
    }

    /// The blind test of the pairs that can be heard; empty where none can.
    var blindTest: String {
        let trials = pairs.enumerated().filter(\.element.isHeard).map { number, pair in
            Trial(
                name: pair.name,
                sides: pair.pieces.enumerated().map { side, piece in
                    .init(schedule: piece.schedule, sound: Self.soundID(pair: number, side: side))
                })
        }
        guard !trials.isEmpty else { return "" }
        return """
            <section class="test" aria-labelledby="test-title">
            <h2 id="test-title">Blind test</h2>
            <div id="test-start">
            <p>\(trials.count == 1 ? "One pair" : "\(trials.count) pairs in random order"), sides at random. Hear A and B, \
            then say which you prefer. What they were is told at the end; nothing is sent anywhere.</p>
            \(Self.keys)
            <p><button type="button" class="main" id="start">Start the test</button></p>
            <noscript><p class="note">The test needs JavaScript; the pieces below do not.</p></noscript>
            </div>
            <div id="test-run" role="group" aria-labelledby="test-progress" tabindex="-1" hidden="">
            <p class="progress"><span id="test-progress"></span><progress id="test-bar" max="\(trials.count)" value="0" \
            aria-hidden="true"></progress></p>
            <div class="sides">
            \(["A", "B"].map(Self.playButton).joined(separator: "\n"))
            </div>
            <div class="choices">
            <button type="button" data-choice="A" aria-keyshortcuts="ArrowLeft">Prefer A <kbd>←</kbd></button>
            <button type="button" data-choice="" aria-keyshortcuts="ArrowDown">No preference <kbd>↓</kbd></button>
            <button type="button" data-choice="B" aria-keyshortcuts="ArrowRight">Prefer B <kbd>→</kbd></button>
            </div>
            <p id="test-status" role="status" aria-live="polite"></p>
            </div>
            <div id="test-result" hidden="">
            <h3 id="result-title" tabindex="-1">What you preferred</h3>
            <p id="result-verdict"></p>
            <div class="scroll" tabindex="0" role="group" aria-label="Counts">
            <table id="result-tally">
            <thead><tr><th scope="col">Pairs</th></tr></thead>
            <tbody></tbody>
            </table>
            </div>
            <div class="scroll" tabindex="0" role="group" aria-label="Pair by pair">
            <table id="result-pairs">
            <thead><tr><th scope="col">Pair</th><th scope="col">A was</th><th scope="col">B was</th>\
            <th scope="col">You preferred</th></tr></thead>
            <tbody></tbody>
            </table>
            </div>
            <p><button type="button" id="again">Take it again</button></p>
            </div>
            <script type="application/json" id="trials">\(Self.json(trials))</script>
            </section>
            """
    }

    private static let keys = """
        <p class="keys">By keyboard: <kbd>A</kbd> and <kbd>B</kbd> play or stop, <kbd>←</kbd> prefers A, <kbd>→</kbd> prefers \
        B, <kbd>↓</kbd> neither, <kbd>Esc</kbd> stops the sound. The keys work while the test has the focus, as it has from \
        its start.</p>
        """

    private static func playButton(_ side: String) -> String {
        """
        <button type="button" data-play="\(side)" aria-pressed="false" aria-keyshortcuts="\(side)">\
        <span class="letter">\(side)</span><span data-label="">Play</span> <kbd>\(side)</kbd>\
        <span class="position" aria-hidden="true"><span></span></span></button>
        """
    }

    /// JSON that cannot end the script element that it stands in.
    private static func json(_ trials: [Trial]) -> String {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys]
        // Names and numbers can always be encoded.
        let data = (try? encoder.encode(trials)) ?? Data("[]".utf8)
        return String(decoding: data, as: UTF8.self)
            .replacing("<", with: "\\u003C").replacing(">", with: "\\u003E").replacing("&", with: "\\u0026")
    }
}
