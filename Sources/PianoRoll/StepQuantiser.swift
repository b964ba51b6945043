/// Rounds ticks to the steps of a grid.
struct StepQuantiser {
    let ticksPerQuarter: Int
    let stepsPerQuarter: Int

    /// The step nearest to a tick; of two the later.
    func step(nearest tick: Int) -> Int {
        (2 * tick * stepsPerQuarter + ticksPerQuarter) / (2 * ticksPerQuarter)
    }

    /// How far a tick lies from a step, in ticks.
    func shift(of tick: Int, to step: Int) -> Double {
        Double(abs(tick * stepsPerQuarter - step * ticksPerQuarter)) / Double(stepsPerQuarter)
    }

    /// Whether a tick lies on a third of a quarter or of an eighth, to a 48th of a quarter, that is no step.
    func isTriplet(_ tick: Int) -> Bool {
        let sixth = (12 * tick + ticksPerQuarter) / (2 * ticksPerQuarter)
        return sixth % 3 != 0 && sixth * stepsPerQuarter % 6 != 0
            && 8 * abs(6 * tick - sixth * ticksPerQuarter) <= ticksPerQuarter
    }

    /// Whether two stretches of ticks sound together for more than half a step: less is taken for legato.
    func overlaps(_ first: Note, _ second: Note) -> Bool {
        let overlap = min(first.endTick, second.endTick) - max(first.startTick, second.startTick)
        return 2 * overlap * stepsPerQuarter > ticksPerQuarter
    }
}

/// A note and the steps it goes to.
struct QuantisedNote {
    var note: Note
    var startStep: Int
    /// After `startStep`, always.
    var endStep: Int

    init(_ note: Note, quantiser: StepQuantiser) {
        self.note = note
        startStep = quantiser.step(nearest: note.startTick)
        endStep = max(startStep + 1, quantiser.step(nearest: note.endTick))
    }

    /// The order in which lanes are filled.
    static func gridOrder(_ first: QuantisedNote, _ second: QuantisedNote) -> Bool {
        if first.startStep != second.startStep { return first.startStep < second.startStep }
        return Note.scoreOrder(first.note, second.note)
    }
}
