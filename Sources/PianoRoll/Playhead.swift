/// Where in a score a moment lies: which bar it is, and what sounds.
public struct Playhead: Sendable {
    /// When each bar begins, in seconds, ascending from 0; every meter change begins one.
    private let barStarts: [Double]
    /// Notes in order of start, and when they start and end, in seconds.
    private let notes: [Note]
    private let starts: [Double]
    private let ends: [Double]
    /// The longest note, in seconds: how far back a sounding note can have begun.
    private let longest: Double

    /// Lays out a score.
    public init(_ score: Score) {
        let tempoMap = TempoMap(score)
        notes = score.notes.sorted { $0.startTick < $1.startTick }
        starts = notes.map { tempoMap.seconds(atTick: $0.startTick) }
        ends = notes.map { tempoMap.seconds(atTick: $0.endTick) }
        longest = zip(starts, ends).map { $1 - $0 }.max() ?? 0
        barStarts = Self.barTicks(score).map { tempoMap.seconds(atTick: $0) }
    }

    /// The ticks at which bars begin.
    private static func barTicks(_ score: Score) -> [Int] {
        var meters = score.meters.filter { $0.isWritable && $0.tick >= 0 }
        if meters.first?.tick != 0 {
            meters.insert(Score.Meter(tick: 0, numerator: 4, denominator: 4), at: 0)
        }
        var ticks: [Int] = []
        for (index, meter) in meters.enumerated() {
            let end = index + 1 < meters.count ? meters[index + 1].tick : max(score.endTick, meter.tick + 1)
            let length = max(1, 4 * score.ticksPerQuarter * meter.numerator / meter.denominator)
            ticks += stride(from: meter.tick, to: end, by: length)
        }
        return ticks
    }

    /// How many bars the score has, at least 1.
    public var barCount: Int { barStarts.count }

    /// The bar of a moment, counted from 1; a pickup is one.
    public func bar(atSeconds seconds: Double) -> Int { max(1, Self.count(barStarts, upTo: seconds)) }

    /// The notes that sound at a moment, in order of track, then from high to low.
    public func notes(atSeconds seconds: Double) -> [Note] {
        var index = Self.count(starts, upTo: seconds)
        var sounding: [Note] = []
        while index > 0, starts[index - 1] >= seconds - longest {
            index -= 1
            if ends[index] > seconds { sounding.append(notes[index]) }
        }
        return sounding.sorted { ($0.track, $1.pitch) < ($1.track, $0.pitch) }
    }

    /// How many of ascending moments have come.
    private static func count(_ moments: [Double], upTo seconds: Double) -> Int {
        var (low, high) = (0, moments.count)
        while low < high {
            let middle = (low + high) / 2
            if moments[middle] <= seconds { low = middle + 1 } else { high = middle }
        }
        return low
    }
}
