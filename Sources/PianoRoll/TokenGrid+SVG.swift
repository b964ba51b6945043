extension TokenGrid {
    /// How to draw a grid as SVG.
    public struct SVGOptions: Hashable, Sendable {
        /// Width of the picture in pixels; systems of whole bars are made to fit; 200...100,000.
        public var width: Int
        /// Width of a step in pixels, 0.5...1,000.
        public var stepWidth: Double
        /// Height of a pitch in pixels, 0.5...1,000.
        public var rowHeight: Double
        /// What to write above the roll.
        public var title: String?
        /// The names of the lanes for the legend; nil for those of `standardVoices(lanes:)`.
        public var laneNames: [String]?

        /// Creates options.
        public init(
            width: Int = 1_100, stepWidth: Double = 8, rowHeight: Double = 7, title: String? = nil,
            laneNames: [String]? = nil
        ) {
            self.width = width
            self.stepWidth = stepWidth
            self.rowHeight = rowHeight
            self.title = title
            self.laneNames = laneNames
        }
    }

    /// Draws the grid as an SVG picture: a colour a lane, bars numbered, a gap before each note that starts anew.
    ///
    /// Where lanes meet on one pitch they share its row. Each note has a tooltip with its lane, pitch and place.
    public func svg(_ options: SVGOptions = SVGOptions()) -> String {
        // What no picture can have is brought within bounds rather than refused.
        var bounded = options
        bounded.width = max(200, min(options.width, 100_000))
        bounded.stepWidth = min(1_000, max(0.5, options.stepWidth))
        bounded.rowHeight = min(1_000, max(0.5, options.rowHeight))
        return RollPicture(self, options: bounded).svg()
    }
}

/// Draws one picture.
private struct RollPicture {
    let grid: TokenGrid
    let options: TokenGrid.SVGOptions
    let layout: RollLayout
    let laneNames: [String]
    /// The pitches of all systems, so that they compare; at least an octave.
    let lowest: Int
    let highest: Int
    let notes: [TokenGrid.LaneNote]
    let pitches: [UInt8?]

    private let left = 44.0
    private let right = 12.0
    private let gap = 30.0
    /// Okabe and Ito's colours, which can be told apart by the colour-blind too.
    private static let colors = ["#D55E00", "#E69F00", "#009E73", "#0072B2", "#CC79A7", "#56B4E9", "#7A7A00"]

    init(_ grid: TokenGrid, options: TokenGrid.SVGOptions) {
        self.grid = grid
        self.options = options
        let room = Double(options.width) - left - right
        layout = RollLayout(grid, columns: max(1, Int(room / options.stepWidth)), barColumns: 0)
        let standard = TokenGrid.standardVoices(lanes: grid.lanes).map { $0.name ?? "" }
        let given = options.laneNames ?? []
        laneNames = standard.indices.map { $0 < given.count ? given[$0] : standard[$0] }
        notes = grid.notes
        pitches = grid.soundingPitches
        let bottom = Int(notes.lazy.map(\.pitch).min() ?? 60)
        let top = Int(notes.lazy.map(\.pitch).max() ?? 71)
        let spare = max(0, 11 - (top - bottom))
        lowest = max(0, bottom - 1 - spare / 2)
        highest = min(127, top + 1 + (spare + 1) / 2)
    }

    private var systemHeight: Double { Double(highest - lowest + 1) * options.rowHeight }

    func svg() -> String {
        let head = options.title == nil ? 34.0 : 56.0
        let count = max(1, layout.systems.count)
        let width = Double(options.width)
        let height = head + Double(count) * (systemHeight + gap)
        var lines = [
            "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"\(width.svg)\" height=\"\(height.svg)\" "
                + "viewBox=\"0 0 \(width.svg) \(height.svg)\" role=\"img\" "
                + "font-family=\"Helvetica, Arial, sans-serif\" font-size=\"10\">",
            "<title>\((options.title ?? "Piano roll").xmlEscaped)</title>",
            "<rect width=\"100%\" height=\"100%\" fill=\"#FFFFFF\"/>",
        ]
        if let title = options.title {
            // A letter is about half as wide as high.
            let size = max(8, min(15, 1.9 * (width - 2 * left) / Double(max(1, title.count))))
            lines.append(
                "<text x=\"\(left.svg)\" y=\"22\" font-size=\"\(size.svg)\" fill=\"#222222\">\(title.xmlEscaped)</text>"
            )
        }
        lines += legend(baseline: head - 18)
        for (index, bars) in layout.systems.enumerated() {
            let top = head + Double(index) * (systemHeight + gap) + 6
            lines += background(bars, top: top) + notesDrawn(bars, top: top)
        }
        lines.append("</svg>")
        return lines.map { $0 + "\n" }.joined()
    }

    private func color(_ lane: Int) -> String { Self.colors[lane % Self.colors.count] }

    private func legend(baseline: Double) -> [String] {
        var x = left
        return laneNames.enumerated().map { lane, name in
            defer { x += 26 + 6.2 * Double(name.count) }
            return "<rect x=\"\(x.svg)\" y=\"\((baseline - 8).svg)\" width=\"10\" height=\"8\" rx=\"2\" "
                + "fill=\"\(color(lane))\"/><text x=\"\((x + 14).svg)\" y=\"\(baseline.svg)\" "
                + "fill=\"#444444\">\(name.xmlEscaped)</text>"
        }
    }

    private func x(ofStep step: Int, from first: Int) -> Double {
        left + Double(step - first) * options.stepWidth
    }

    private func y(ofPitch pitch: Int, top: Double) -> Double {
        top + Double(highest - pitch) * options.rowHeight
    }

    /// The keys as stripes, the beats and bars as lines, with their names and numbers.
    private func background(_ bars: [RollLayout.Bar], top: Double) -> [String] {
        let first = bars[0].steps.lowerBound
        let end = x(ofStep: bars[bars.count - 1].steps.upperBound, from: first)
        var lines: [String] = []
        for pitch in lowest...highest {
            let y = y(ofPitch: pitch, top: top)
            if [1, 3, 6, 8, 10].contains(pitch % 12) {
                lines.append(
                    "<rect x=\"\(left.svg)\" y=\"\(y.svg)\" width=\"\((end - left).svg)\" "
                        + "height=\"\(options.rowHeight.svg)\" fill=\"#F1F1F4\"/>")
            }
            if pitch % 12 == 0 {
                let line = y + options.rowHeight
                lines.append(Self.line(left, line, end, line, color: "#C9C9D2", width: 0.8))
                let name = TokenGrid.name(ofPitch: UInt8(pitch))
                lines.append(
                    "<text x=\"\((left - 5).svg)\" y=\"\((line - 1).svg)\" text-anchor=\"end\" "
                        + "fill=\"#666666\">\(name)</text>")
            }
        }
        let bottom = top + systemHeight
        for bar in bars {
            for step in bar.steps where step > bar.steps.lowerBound {
                guard grid.timing.positionInBar(ofStep: step) % layout.stepsPerBeat == 0 else { continue }
                let x = x(ofStep: step, from: first)
                lines.append(Self.line(x, top, x, bottom, color: "#E0E0E6", width: 0.6))
            }
            let x = x(ofStep: bar.steps.lowerBound, from: first)
            let weight = bar.number == nil ? 0.6 : 1.2
            lines.append(Self.line(x, top, x, bottom, color: "#8A8A96", width: weight))
            if let number = bar.number {
                lines.append(
                    "<text x=\"\((x + 2).svg)\" y=\"\((bottom + 11).svg)\" fill=\"#666666\">\(number)</text>")
            }
        }
        lines.append(Self.line(end, top, end, bottom, color: "#8A8A96", width: 1.2))
        return lines
    }

    private func notesDrawn(_ bars: [RollLayout.Bar], top: Double) -> [String] {
        let system = bars[0].steps.lowerBound..<bars[bars.count - 1].steps.upperBound
        return notes.compactMap { note in
            let steps = note.steps.clamped(to: system)
            guard !steps.isEmpty else { return nil }
            // Lanes that meet on a pitch part its row among them, the higher lane above.
            let sharing = lanesSharing(note)
            let height = (options.rowHeight - 0.6) / Double(sharing.count)
            let rank = Double(sharing.firstIndex(of: note.lane) ?? 0)
            let x = x(ofStep: steps.lowerBound, from: system.lowerBound) + 0.4
            let y = y(ofPitch: Int(note.pitch), top: top) + 0.3 + rank * height
            let width = Double(steps.count) * options.stepWidth - 1.2
            let place = grid.timing.positionInBar(ofStep: note.steps.lowerBound)
            let name = TokenGrid.name(ofPitch: note.pitch)
            // The step where a note starts is darker: repeated notes can be told from held ones.
            let start =
                note.steps.lowerBound >= system.lowerBound
                ? "<rect x=\"\(x.svg)\" y=\"\(y.svg)\" width=\"\(min(2.2, width).svg)\" "
                    + "height=\"\(height.svg)\" rx=\"1\" fill=\"#000000\" fill-opacity=\"0.45\"/>" : ""
            return "<g><title>\(laneNames[note.lane].xmlEscaped) \(name), steps \(note.steps.lowerBound) to "
                + "\(note.steps.upperBound), place \(place) of the bar</title>"
                + "<rect x=\"\(x.svg)\" y=\"\(y.svg)\" width=\"\(max(0.5, width).svg)\" "
                + "height=\"\(height.svg)\" rx=\"1.5\" fill=\"\(color(note.lane))\"/>\(start)</g>"
        }
    }

    /// The lanes that sound a note's pitch at some step of it, its own among them.
    private func lanesSharing(_ note: TokenGrid.LaneNote) -> [Int] {
        (0..<grid.lanes).filter { lane in
            note.steps.contains { pitches[$0 * grid.lanes + lane] == note.pitch }
        }
    }

    private static func line(
        _ x1: Double, _ y1: Double, _ x2: Double, _ y2: Double, color: String, width: Double
    ) -> String {
        "<line x1=\"\(x1.svg)\" y1=\"\(y1.svg)\" x2=\"\(x2.svg)\" y2=\"\(y2.svg)\" "
            + "stroke=\"\(color)\" stroke-width=\"\(width)\"/>"
    }
}

extension Double {
    /// The number with at most two places behind the point.
    fileprivate var svg: String {
        let hundredths = Int((self * 100).rounded())
        let (whole, rest) = abs(hundredths).quotientAndRemainder(dividingBy: 100)
        let digits = rest == 0 ? "" : rest % 10 == 0 ? ".\(rest / 10)" : rest < 10 ? ".0\(rest)" : ".\(rest)"
        return (hundredths < 0 ? "-" : "") + "\(whole)" + digits
    }
}

extension String {
    /// The text with what XML reads as markup written otherwise; control characters, which it forbids, left out.
    fileprivate var xmlEscaped: String {
        var result = ""
        for scalar in unicodeScalars {
            switch scalar {
            case "&": result += "&amp;"
            case "<": result += "&lt;"
            case ">": result += "&gt;"
            case "\"": result += "&quot;"
            case "\t", "\n", "\r": result += " "
            case "\u{0}"..<"\u{20}", "\u{FFFE}", "\u{FFFF}": break
            default: result.unicodeScalars.append(scalar)
            }
        }
        return result
    }
}
