import PianoRoll

extension Score {
    /// A composed piece with the notes of the score it was made from put back where they were kept.
    ///
    /// A note of the piece that begins in a known cell is a note of the source: it gets the source's ticks and
    /// velocity, to the tick also where the source is off the grid. Tempo, meter and key are the source's too.
    ///
    /// - Parameters:
    ///   - composed: The piece.
    ///   - source: The score the draft was made from, on a grid that begins at its tick 0.
    ///   - draft: What was known.
    ///   - options: Names, instruments and texts of the new score.
    public static func composed(
        _ composed: TokenGrid, from source: Score, draft: Draft, options: TokenGrid.DecodingOptions
    ) throws(ScoreError) -> Score {
        let stepsPerQuarter = composed.timing.stepsPerQuarter
        let scale = multiplier(of: source.ticksPerQuarter, steps: stepsPerQuarter)
        let ticksPerQuarter = source.ticksPerQuarter * scale
        guard ticksPerQuarter <= 0x7FFF else { throw .ticksPerQuarter(ticksPerQuarter) }
        var options = options
        options.ticksPerQuarter = ticksPerQuarter
        var score = try composed.decoded(options)
        let ticksPerStep = Double(source.ticksPerQuarter) / Double(stepsPerQuarter)
        var originals: [Place: [Note]] = [:]
        for note in source.notes {
            let step = Int((Double(note.startTick) / ticksPerStep).rounded())
            originals[Place(step: step, pitch: note.pitch), default: []].append(note)
        }
        let newTicksPerStep = score.ticksPerQuarter / stepsPerQuarter
        for index in score.notes.indices {
            let note = score.notes[index]
            let place = Place(step: note.startTick / newTicksPerStep, pitch: note.pitch)
            guard place.step < draft.steps, draft.cells[place.step * draft.lanes + note.track] != nil,
                var candidates = originals[place], !candidates.isEmpty
            else { continue }
            let original = candidates.removeFirst()
            originals[place] = candidates
            score.notes[index].velocity = original.velocity
            score.notes[index].startTick = original.startTick * scale
            let originalEnd = Int((Double(original.endTick) / ticksPerStep).rounded())
            if originalEnd == note.endTick / newTicksPerStep || original.endTick * scale <= note.startTick {
                score.notes[index].endTick = original.endTick * scale
            }
        }
        score.tempos = source.tempos.map {
            Tempo(tick: $0.tick * scale, microsecondsPerQuarter: $0.microsecondsPerQuarter)
        }
        score.meters = source.meters.map {
            Meter(tick: $0.tick * scale, numerator: $0.numerator, denominator: $0.denominator)
        }
        score.keys = source.keys.map { Key(tick: $0.tick * scale, fifths: $0.fifths, isMinor: $0.isMinor) }
        score.endTick = max(score.notes.lazy.map(\.endTick).max() ?? 0, source.endTick * scale)
        return score
    }

    private struct Place: Hashable {
        let step: Int
        let pitch: UInt8
    }

    /// What the source's ticks are multiplied by so that a step is a whole number of them.
    private static func multiplier(of ticksPerQuarter: Int, steps: Int) -> Int {
        var scale = 1
        while ticksPerQuarter * scale % steps != 0 { scale += 1 }
        return scale
    }
}
