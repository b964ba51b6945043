import MIDIFile

/// Turns the ticks of a MIDI file into the ticks of a score.
///
/// Ticks of quarters stay as they are. Ticks of SMPTE time code are moments in seconds; the tempo map of the
/// file, 120 quarters a minute where it is silent, says how many quarters have passed by then.
struct ScoreClock {
    /// Ticks in a quarter of the score.
    let ticksPerQuarter: Int

    /// A stretch of one tempo, for time code.
    private struct Stretch {
        var startTick: Int
        var startQuarter: Double
        var quartersPerTick: Double
    }
    /// Empty if the file counts in quarters already.
    private let stretches: [Stretch]

    /// The length of a quarter in microseconds if ticks of time code are kept: the file's tempos do not count then.
    let fixedTempo: Int?

    init(division: MIDIFile.Division, tracks: [MIDIFile.Track], keepsTimecodeTicks: Bool = false) {
        switch division {
        case .ticksPerQuarter(let ticks):
            ticksPerQuarter = max(1, min(ticks, 0x7FFF))
            stretches = []
            fixedTempo = nil
        case .timecode(let rate, let ticksPerFrame) where keepsTimecodeTicks:
            // A quarter of 30 drop frames lasts 1.001 s, of others as many frames as make a second.
            ticksPerQuarter =
                max(1, min(ticksPerFrame, 0xFF)) * (rate == .dropFrame30 ? 30 : Int(rate.rawValue))
            stretches = []
            fixedTempo = rate == .dropFrame30 ? 1_001_000 : 1_000_000
        case .timecode(let rate, let ticksPerFrame):
            fixedTempo = nil
            let ticksPerSecond = rate.framesPerSecond * Double(max(1, ticksPerFrame))
            // At 120 quarters a minute a tick of the score is at most 1/19,200 s, and none of the file's is lost.
            ticksPerQuarter = max(9_600, min(Int(ticksPerSecond.rounded(.up)), 0x7FFF))
            stretches = Self.stretches(ticksPerSecond: ticksPerSecond, tracks: tracks)
        }
    }

    private static func stretches(ticksPerSecond: Double, tracks: [MIDIFile.Track]) -> [Stretch] {
        var tempos: [(tick: Int, order: Int, microseconds: Int)] = []
        for track in tracks {
            for timed in track.events {
                if case .meta(.tempo(let microseconds)) = timed.event, microseconds > 0 {
                    tempos.append((timed.tick, tempos.count, microseconds))
                }
            }
        }
        tempos.sort { ($0.tick, $0.order) < ($1.tick, $1.order) }

        func quartersPerTick(_ microseconds: Int) -> Double {
            1_000_000 / (Double(microseconds) * ticksPerSecond)
        }
        var result = [Stretch(startTick: 0, startQuarter: 0, quartersPerTick: quartersPerTick(500_000))]
        for tempo in tempos {
            let last = result[result.count - 1]
            let quarter = last.startQuarter + Double(tempo.tick - last.startTick) * last.quartersPerTick
            result.append(
                Stretch(
                    startTick: tempo.tick, startQuarter: quarter,
                    quartersPerTick: quartersPerTick(tempo.microseconds)))
        }
        return result
    }

    /// How many quarters have passed at a tick of the file.
    func quarters(atTick tick: Int) -> Double {
        guard !stretches.isEmpty else { return Double(tick) / Double(ticksPerQuarter) }
        // The last stretch that begins at or before the tick.
        var low = 0
        var high = stretches.count
        while high - low > 1 {
            let middle = (low + high) / 2
            if stretches[middle].startTick <= tick { low = middle } else { high = middle }
        }
        return stretches[low].startQuarter
            + Double(tick - stretches[low].startTick) * stretches[low].quartersPerTick
    }

    /// The score's tick at a tick of the file.
    ///
    /// - Precondition: The file is not so long that its quarters overflow; `Score.init` checks that first.
    func tick(_ fileTick: Int) -> Int {
        guard !stretches.isEmpty else { return fileTick }
        return Int((quarters(atTick: fileTick) * Double(ticksPerQuarter)).rounded())
    }
}
