import PianoRoll

/// Where the playing of a score is: time, bar and the notes that sound, on a terminal alone.
struct PositionDisplay {
    private let name: String
    private let playhead: Playhead
    private let length: Double
    private let console: Console

    init(_ score: Score, named name: String, console: Console) {
        self.name = name
        self.console = console
        playhead = Playhead(score)
        length = TempoMap(score).seconds(atTick: score.endTick)
    }

    /// Shows the position.
    func show(seconds: Double) {
        guard Console.hasTerminal else { return }
        let pitches = playhead.notes(atSeconds: seconds).prefix(8).map { TokenGrid.name(ofPitch: $0.pitch) }
        console.progress(
            "\(name)  \(Self.clock(seconds)) / \(Self.clock(length))  bar \(playhead.bar(atSeconds: seconds)) of "
                + "\(playhead.barCount)  \(pitches.joined(separator: " "))")
    }

    /// Minutes and seconds, and hours where there are some.
    static func clock(_ seconds: Double) -> String {
        let whole = Int(max(0, seconds))
        let (hours, minutes) = (whole / 3_600, whole / 60 % 60)
        func two(_ number: Int) -> String { (number < 10 ? "0" : "") + String(number) }
        return hours > 0
            ? "\(hours):\(two(minutes)):\(two(whole % 60))" : "\(minutes):\(two(whole % 60))"
    }
}
