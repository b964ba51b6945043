extension TokenGrid {
    /// How to draw a grid in letters.
    public struct TextOptions: Hashable, Sendable {
        /// The longest line, in columns; systems of whole bars are made to fit. At least 16.
        public var width: Int
        /// Whether to colour the lanes with ANSI escape sequences.
        public var usesColor: Bool
        /// Whether to keep to ASCII.
        public var usesASCII: Bool

        /// Creates options.
        public init(width: Int = 100, usesColor: Bool = false, usesASCII: Bool = false) {
            self.width = width
            self.usesColor = usesColor
            self.usesASCII = usesASCII
        }
    }

    /// The letter that stands for a lane in a drawing: S, A, T, B where there are four, else 1, 2, 3 ... a, b, c.
    public static func letter(ofLane lane: Int, of lanes: Int) -> Character {
        let letters = Array(
            lanes == 4 ? "SATB" : "123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ")
        return letters.indices.contains(lane) ? letters[lane] : "?"
    }

    /// Draws the grid in letters, for a terminal.
    ///
    /// Time runs from left to right, a column a step and a row a pitch. A note is the letter of its lane where it
    /// starts and a line while it goes on; where several lanes start on one pitch at once there is a star, and a
    /// double line where several go on. Dots mark the beats, upright lines the bars.
    public func text(_ options: TextOptions = TextOptions()) -> String {
        let labelWidth = 5
        let layout = RollLayout(self, columns: max(16, options.width) - labelWidth - 1, barColumns: 1)
        let canvas = RollCanvas(self)
        var lines: [String] = []
        for (index, bars) in layout.systems.enumerated() {
            if index > 0 { lines.append("") }
            lines.append(Self.header(bars, indent: labelWidth + 1))
            let steps = bars[0].steps.lowerBound..<bars[bars.count - 1].steps.upperBound
            for pitch in canvas.pitches(in: steps).reversed() {
                let name = Self.name(ofPitch: pitch)
                var line = TextLine(
                    String(repeating: " ", count: max(0, labelWidth - 1 - name.count)) + name + " ")
                for bar in bars {
                    line.append(options.usesASCII ? "|" : "│", color: nil)
                    for step in bar.steps {
                        let isBeat = timing.positionInBar(ofStep: step) % layout.stepsPerBeat == 0
                        let (sign, lane) = canvas.sign(
                            step: step, pitch: pitch, isBeat: isBeat, usesASCII: options.usesASCII)
                        line.append(sign, color: options.usesColor ? lane : nil)
                    }
                }
                line.append(options.usesASCII ? "|" : "│", color: nil)
                lines.append(line.finished)
            }
        }
        return lines.map { $0 + "\n" }.joined()
    }

    /// The numbers of the bars above their bar lines, those left out that would touch.
    private static func header(_ bars: [RollLayout.Bar], indent: Int) -> String {
        var line = ""
        var column = indent - 1
        for bar in bars {
            if let number = bar.number, line.count < column || line.isEmpty {
                line += String(repeating: " ", count: column - line.count) + String(number)
            }
            column += bar.steps.count + 1
        }
        return line
    }
}

/// What is drawn where.
private struct RollCanvas {
    let grid: TokenGrid
    let pitches: [UInt8?]
    let starts: [Bool]

    init(_ grid: TokenGrid) {
        self.grid = grid
        pitches = grid.soundingPitches
        var starts = Array(repeating: false, count: grid.tokens.count)
        for note in grid.notes { starts[note.steps.lowerBound * grid.lanes + note.lane] = true }
        self.starts = starts
    }

    /// The pitches from the lowest to the highest that sounds in some steps.
    func pitches(in steps: Range<Int>) -> [UInt8] {
        let sounding = pitches[steps.lowerBound * grid.lanes..<steps.upperBound * grid.lanes].compactMap(
            \.self)
        guard let lowest = sounding.min(), let highest = sounding.max() else { return [60] }
        return Array(lowest...highest)
    }

    /// The sign of a cell, and the lane whose it is.
    func sign(step: Int, pitch: UInt8, isBeat: Bool, usesASCII: Bool) -> (Character, lane: Int?) {
        let cells = step * grid.lanes..<(step + 1) * grid.lanes
        let sounding = cells.filter { pitches[$0] == pitch }
        guard let first = sounding.first else {
            return (isBeat ? usesASCII ? "." : "·" : " ", nil)
        }
        let started = sounding.filter { starts[$0] }
        if let start = started.first {
            let lane = start - cells.lowerBound
            return (started.count > 1 ? "*" : TokenGrid.letter(ofLane: lane, of: grid.lanes), lane)
        }
        let line: Character = sounding.count > 1 ? usesASCII ? "=" : "═" : usesASCII ? "-" : "─"
        return (line, first - cells.lowerBound)
    }
}

/// A line of signs, coloured by lane.
private struct TextLine {
    private var text: String
    private var color: Int?
    /// Red, yellow, green, blue, magenta, cyan: the voices from high to low.
    private static let colors = [31, 33, 32, 34, 35, 36]

    init(_ label: String) { text = label }

    mutating func append(_ sign: Character, color lane: Int?) {
        if lane != color {
            text += lane.map { "\u{1B}[\(Self.colors[$0 % Self.colors.count])m" } ?? "\u{1B}[0m"
            color = lane
        }
        text.append(sign)
    }

    var finished: String { color == nil ? text : text + "\u{1B}[0m" }
}
