import FoundationEssentials

extension ComparisonPage {
    /// What a page of this kind says made it, by which it is known again.
    public static let generator = "pianojys compare"

    /// The page as one HTML file: style, script, pictures and sound are in it.
    ///
    /// It is written so that XML parsers read it too; nothing of it may be fetched, which the page itself forbids the browser.
    public func html() -> String {
        """
        <!DOCTYPE html>
        <html lang="en">
        <head>
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <meta name="color-scheme" content="light dark" />
        <meta name="generator" content="\(Self.generator)" />
        <meta http-equiv="Content-Security-Policy" content="\(Self.policy)" />
        <link rel="icon" href="data:," />
        <title>\(Markup.escaped(title))</title>
        <style>
        \(Self.style)
        </style>
        </head>
        <body>
        <a class="skip" href="#main">To the content</a>
        <header>
        <h1>\(Markup.escaped(title))</h1>
        \(lead)
        </header>
        <main id="main">
        \(([blindTest, measured, timesSection, pairsSection, origin] as [String]).filter { !$0.isEmpty }
            .joined(separator: "\n"))
        </main>
        <script>
        \(Self.script)
        </script>
        </body>
        </html>

        """
    }

    /// What the browser is allowed: what stands in the page, and nothing from anywhere.
    private static let policy =
        "default-src 'none'; style-src 'unsafe-inline'; script-src 'unsafe-inline'; media-src data:; img-src data:; "
        + "base-uri 'none'; form-action 'none'"

    private var lead: String {
        """
        <p class="lead">\(Markup.escaped(introduction))</p>
        <dl class="facts">
        \(facts.map {
            "<div><dt>\(Markup.escaped($0.name))</dt><dd>\(Markup.escaped($0.value))</dd></div>"
        }.joined(separator: "\n"))
        </dl>
        """
    }

    private var measured: String {
        guard let metrics else { return "" }
        let heads = metrics.columns.map { "<th scope=\"col\">\(Markup.escaped($0))</th>" }.joined()
        let rows = metrics.rows.map { row in
            "<tr><th scope=\"row\">\(Markup.escaped(row.first ?? ""))</th>"
                + row.dropFirst().map { "<td>\(Markup.escaped($0))</td>" }.joined() + "</tr>"
        }
        return """
            <section aria-labelledby="metrics-title">
            <h2 id="metrics-title">Metrics</h2>
            <div class="scroll" tabindex="0" role="group" aria-labelledby="metrics-title">
            <table>
            <thead><tr>\(heads)</tr></thead>
            <tbody>
            \(rows.joined(separator: "\n"))
            </tbody>
            </table>
            </div>
            <p class="note">\(Markup.escaped(metrics.caption))</p>
            \(Self.commandLines([metrics.command]))
            </section>
            """
    }

    private var timesSection: String {
        let lines = times.map { line in
            let values = line.times.map { "\(($0 * 10_000).rounded() / 10_000)" }
            return "<tr><td>\(line.nfe)</td><th scope=\"row\">\(Markup.escaped(line.schedule))</th>"
                + "<td class=\"times\">\(values.map { $0.hasSuffix(".0") ? String($0.dropLast(2)) : $0 }.joined(separator: ", "))</td></tr>"
        }
        let notes = timesNotes.map { "\n<p class=\"note\">\(Markup.escaped($0))</p>" }.joined()
        return """
            <section aria-labelledby="times-title">
            <h2 id="times-title">Schedules</h2>
            <p>A piece goes from all noise at time 1 to none at time 0, in a step from each time to the next.</p>\(notes)
            <div class="plots">
            \(timesPlots.map { "<figure class=\"picture\">\($0)</figure>" }.joined(separator: "\n"))
            </div>
            <details>
            <summary>The times as numbers</summary>
            <div class="scroll" tabindex="0" role="group" aria-label="The times as numbers">
            <table>
            <thead><tr><th scope="col">NFE</th><th scope="col">schedule</th><th scope="col">times</th></tr></thead>
            <tbody>
            \(lines.joined(separator: "\n"))
            </tbody>
            </table>
            </div>
            </details>
            </section>
            """
    }

    private var pairsSection: String {
        """
        <section aria-labelledby="pairs-title">
        <h2 id="pairs-title">The pieces</h2>
        <p>One pair proves nothing. The first notes of a seed differ between schedules too: one seed is one source of random \
        numbers, used at other times.</p>
        \(pairs.enumerated().map { article($1, number: $0) }.joined(separator: "\n"))
        </section>
        """
    }

    private func article(_ pair: Pair, number: Int) -> String {
        let sides = pair.pieces.enumerated().map { side, piece in
            let name = "\(pair.name), \(piece.schedule)"
            return """
                <div class="piece">
                <h4>\(Markup.escaped(piece.schedule))</h4>
                \(sound(of: piece, name: name, id: Self.soundID(pair: number, side: side)))
                <figure class="picture" aria-label="Roll: \(Markup.escaped(name))">\(piece.roll)</figure>
                <p class="files">\(links(of: piece, name: name))</p>
                <details>
                <summary>How it was made<span class="hidden">: \(Markup.escaped(name))</span></summary>
                \(Self.commandLines(piece.commands))
                </details>
                </div>
                """
        }
        return """
            <article aria-labelledby="pair-\(number)">
            <h3 id="pair-\(number)">\(Markup.escaped(pair.name))</h3>
            <div class="pieces">
            \(sides.joined(separator: "\n"))
            </div>
            </article>
            """
    }

    private func sound(of piece: Piece, name: String, id: String) -> String {
        guard let sound = piece.sound else { return "" }
        return "<audio id=\"\(id)\" controls=\"\" preload=\"none\" aria-label=\"\(Markup.escaped(name))\" "
            + "src=\"data:audio/ogg;base64,\(Data(sound.ogg).base64EncodedString())\"></audio>"
    }

    private func links(of piece: Piece, name: String) -> String {
        ([piece.midiFile] + (piece.sound.map { [$0.file] } ?? [])).map { file in
            "<a href=\"\(Markup.escaped(Markup.address(ofFile: file)))\" download=\"\">\(Markup.escaped(file))</a>"
        }.joined(separator: " ")
    }

    private var origin: String {
        """
        <section aria-labelledby="origin-title">
        <h2 id="origin-title">How this page was made</h2>
        \(Self.commandLines([command]))
        <p class="note">\(Markup.escaped(maker))</p>
        </section>
        """
    }

    /// The name by which the page's script finds a sound.
    static func soundID(pair: Int, side: Int) -> String { "sound-\(pair)-\(side)" }

    /// Commands, a line each, whose words are not broken where a line of the page ends.
    private static func commandLines(_ commands: [String]) -> String {
        let lines = commands.map { command in
            command.split(separator: " ", omittingEmptySubsequences: false).map {
                $0.contains("-") ? "<span>\(Markup.escaped(String($0)))</span>" : Markup.escaped(String($0))
            }.joined(separator: " ")
        }
        return "<pre><code>\(lines.joined(separator: "\n"))</code></pre>"
    }
}
