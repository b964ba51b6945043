/// When each tick of a score sounds.
public struct TempoMap: Sendable {
    /// A stretch of constant tempo.
    private struct Segment {
        var tick: Int
        var seconds: Double
        var secondsPerTick: Double
    }

    private var segments: [Segment]

    /// Lays out the score's tempo changes; before the first, 120 quarters a minute.
    public init(_ score: Score) {
        let ticksPerQuarter = Double(max(1, score.ticksPerQuarter))
        segments = [Segment(tick: 0, seconds: 0, secondsPerTick: 0.5 / ticksPerQuarter)]
        for tempo in score.tempos.sorted(by: { $0.tick < $1.tick }) {
            let start = Segment(
                tick: max(0, tempo.tick), seconds: seconds(atTick: max(0, tempo.tick)),
                secondsPerTick: Double(max(1, tempo.microsecondsPerQuarter)) / 1e6 / ticksPerQuarter)
            segments.append(start)
        }
    }

    /// Seconds from the beginning of the score to a tick.
    public func seconds(atTick tick: Int) -> Double {
        // The last segment that starts at or before the tick.
        var low = 0
        var high = segments.count
        while high - low > 1 {
            let middle = (low + high) / 2
            if segments[middle].tick <= tick { low = middle } else { high = middle }
        }
        let segment = segments[low]
        return segment.seconds + Double(tick - segment.tick) * segment.secondsPerTick
    }
}
