/// Where the bars of a score lie on the steps of a grid: one meter, and a bar line to count from.
///
/// MIDI has no sign for a pickup. It is written as a short first bar: another meter in force for at most one bar
/// and for less than a bar of the next (such as 1/4, then 4/4), or the same meter restarted before its first
/// bar is full, where no meter fits the pickup.
struct BarLayout {
    var numerator = 4
    var denominator = 4
    /// The step of a bar line, counted from tick 0.
    var barLineStep = 0
    /// How many changes of meter are not told by the above.
    var ignoredCount = 0

    private struct Stretch {
        var meter: Score.Meter
        var endTick: Int
        var length: Int { endTick - meter.tick }
    }

    init(_ score: Score, quantiser: StepQuantiser) {
        var stretches = Self.stretches(score)
        if stretches.count > 1 {
            let isPickup =
                !Self.isLonger(stretches[0].length, thanBarOf: stretches[0].meter, score)
                && Self.isShorter(stretches[0].length, thanBarOf: stretches[1].meter, score)
            if isPickup { stretches.removeFirst() }
        }
        stretches = Self.merged(stretches, score)
        // The meter that is in force longest without a break, the first of equals.
        let main = stretches.reduce(stretches[0]) { $1.length > $0.length ? $1 : $0 }
        numerator = main.meter.numerator
        denominator = main.meter.denominator
        barLineStep = quantiser.step(nearest: main.meter.tick)
        ignoredCount = stretches.count - 1
    }

    /// The meters with where they end, from tick 0; those that MIDI cannot write are passed over.
    private static func stretches(_ score: Score) -> [Stretch] {
        var meters = score.meters.filter { $0.isWritable && $0.tick >= 0 }
        if meters.first?.tick != 0 {
            meters.insert(Score.Meter(tick: 0, numerator: 4, denominator: 4), at: 0)
        }
        return meters.indices.map { index in
            let end = index + 1 < meters.count ? meters[index + 1].tick : score.endTick
            return Stretch(meter: meters[index], endTick: end)
        }
    }

    /// Joins meters that only repeat the one before, on a bar line of it.
    private static func merged(_ stretches: [Stretch], _ score: Score) -> [Stretch] {
        var result: [Stretch] = []
        for stretch in stretches {
            if let last = result.last, last.meter.numerator == stretch.meter.numerator,
                last.meter.denominator == stretch.meter.denominator,
                last.length * last.meter.denominator % barUnits(last.meter, score) == 0
            {
                result[result.count - 1].endTick = stretch.endTick
            } else {
                result.append(stretch)
            }
        }
        return result
    }

    /// The length of a bar, in ticks times the denominator, so that it is a whole number.
    private static func barUnits(_ meter: Score.Meter, _ score: Score) -> Int {
        4 * score.ticksPerQuarter * meter.numerator
    }

    private static func isLonger(_ ticks: Int, thanBarOf meter: Score.Meter, _ score: Score) -> Bool {
        ticks * meter.denominator > barUnits(meter, score)
    }

    private static func isShorter(_ ticks: Int, thanBarOf meter: Score.Meter, _ score: Score) -> Bool {
        ticks * meter.denominator < barUnits(meter, score)
    }
}
