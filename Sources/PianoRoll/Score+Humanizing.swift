import Glibc

extension Score {
    /// The score as a player might shape it, a little: phrases swell and fade, beats are leaned on, the last quarter of a
    /// phrase is broadened and caught up with, and no two notes come quite together.
    ///
    /// A phrase is four bars from the last change of meter on. Velocities change by at most 15, starts are late by at most
    /// 28 ms, 8 of them at random. Notes of one track and key that did not overlap do not overlap after it.
    ///
    /// - Parameter seed: Equal seeds give equal scores.
    public func humanized(seed: UInt64) -> Score {
        // Fine enough that a tick is about a millisecond.
        let factor = max(1, min(960 / max(1, ticksPerQuarter), 0x7FFF / max(1, ticksPerQuarter)))
        let result = scaled(by: factor)
        let tempoMap = TempoMap(result)
        let phrases = Phrases(result)
        var shaped = result
        for (index, note) in result.notes.enumerated() {
            let place = phrases.place(ofTick: note.startTick)
            var randomness = NoteRandomness(seed: seed, index: index)
            let start =
                note.startTick
                + result.ticks(
                    0.008 * randomness.next(), at: note.startTick, tempoMap)
                + phrases.delay(ofTick: note.startTick, tempoMap)
            let end = note.endTick + phrases.delay(ofTick: note.endTick, tempoMap)
            // At most a quarter of a note is lost to a late start.
            let latest =
                note.startTick + phrases.delay(ofTick: note.startTick, tempoMap)
                + (note.endTick - note.startTick) / 4
            shaped.notes[index].startTick = min(start, latest, end - 1)
            shaped.notes[index].endTick = end
            let swell = 8 * sin(.pi * place.phrase) - 4
            let accent = place.isBarLine ? 4.0 : place.isBeat ? 2 : 0
            let velocity = Double(note.velocity) + swell + accent + 6 * randomness.next() - 3
            shaped.notes[index].velocity = UInt8(max(1, min(127, velocity.rounded())))
        }
        shaped.notes.sort(by: Note.scoreOrder)
        shaped.endTick = max(result.endTick, shaped.notes.lazy.map(\.endTick).max() ?? 0)
        return shaped
    }

    /// The score in finer ticks, the same in seconds.
    private func scaled(by factor: Int) -> Score {
        var result = self
        result.ticksPerQuarter *= factor
        result.endTick *= factor
        for index in notes.indices {
            result.notes[index].startTick *= factor
            result.notes[index].endTick *= factor
        }
        for index in tempos.indices { result.tempos[index].tick *= factor }
        for index in meters.indices { result.meters[index].tick *= factor }
        for index in keys.indices { result.keys[index].tick *= factor }
        for index in controls.indices { result.controls[index].tick *= factor }
        return result
    }

    /// How many ticks a short time is where a tick lies.
    fileprivate func ticks(_ seconds: Double, at tick: Int, _ tempoMap: TempoMap) -> Int {
        let quarter = tempoMap.seconds(atTick: tick + ticksPerQuarter) - tempoMap.seconds(atTick: tick)
        return Int((seconds / max(quarter, 1e-6) * Double(ticksPerQuarter)).rounded(.down))
    }
}

/// Where the phrases of a score lie.
private struct Phrases {
    let score: Score
    private let meters: [Score.Meter]

    /// How late the broadest place of a phrase is, in seconds.
    private static let delay = 0.02

    init(_ score: Score) {
        self.score = score
        let written = score.meters.filter(\.isWritable)
        meters =
            (written.first?.tick == 0 ? [] : [Score.Meter(tick: 0, numerator: 4, denominator: 4)]) + written
    }

    /// The meter in force, the first of which is at tick 0.
    private func meter(atTick tick: Int) -> Score.Meter { meters.last { $0.tick <= tick } ?? meters[0] }

    private func barTicks(_ meter: Score.Meter) -> Int {
        max(1, 4 * score.ticksPerQuarter * meter.numerator / meter.denominator)
    }

    /// How far in its phrase a tick lies, 0..<1, and whether on a bar line or a beat.
    func place(ofTick tick: Int) -> (phrase: Double, isBarLine: Bool, isBeat: Bool) {
        let meter = meter(atTick: tick)
        let bar = barTicks(meter)
        let within = tick - meter.tick
        let beat = max(1, bar / meter.numerator)
        return (Double(within % (4 * bar)) / Double(4 * bar), within % bar == 0, within % beat == 0)
    }

    /// How many ticks later a tick comes: none but in the last quarter of a phrase, most in the middle of that.
    func delay(ofTick tick: Int, _ tempoMap: TempoMap) -> Int {
        let phrase = place(ofTick: tick).phrase
        guard phrase > 0.75 else { return 0 }
        // Never so much that later ticks would come before earlier ones.
        let most = barTicks(meter(atTick: tick)) / 16
        let wave = sin(.pi * (phrase - 0.75) / 0.25)
        return min(score.ticks(Self.delay * wave * wave, at: tick, tempoMap), most)
    }
}

/// Numbers that depend on a seed and a note's number alone: SplitMix64.
private struct NoteRandomness {
    private var state: UInt64

    init(seed: UInt64, index: Int) {
        state = seed &* 0xD134_2543_DE82_EF95 &+ UInt64(index) &* 0x2545_F491_4F6C_DD1D
    }

    /// A number in 0..<1.
    mutating func next() -> Double {
        state &+= 0x9E37_79B9_7F4A_7C15
        var mixed = state
        mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
        return Double((mixed ^ (mixed >> 31)) >> 11) * 0x1p-53
    }
}
