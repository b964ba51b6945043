extension Score {
    /// The most cells a grid may have.
    static let maximumCells = 1 << 26

    /// Lays the score on a grid.
    ///
    /// Starts and ends go to the nearest step, of two the later one; no note ends up shorter than a step. In one
    /// lane a note ends at the latest where the next begins, and of two notes on one step one stays: of a chord
    /// the highest (in the last of several lanes the lowest), of notes in succession that nearest to the step. A
    /// bar line lies where the meter in force longest begins; a short first bar is a pickup. The grid ends with the
    /// score, rounded to a step, unless its end is to be trimmed.
    ///
    /// - Returns: The grid, and what became of the notes.
    /// - Throws: `ScoreError` if an option is out of range or the grid would be too large.
    public func encoded(
        _ options: EncodingOptions
    ) throws(ScoreError) -> (grid: TokenGrid, report: QuantisationReport) {
        let layout = try laidOut(options)
        return (layout.grid, layout.report)
    }

    /// A score on a grid, with the notes of each lane, and the step from tick 0 where the grid begins.
    struct Layout {
        var grid: TokenGrid
        var report: QuantisationReport
        var lanes: [[QuantisedNote]]
        var firstStep: Int
    }

    /// Lays the score on a grid; see `encoded(_:)`.
    func laidOut(_ options: EncodingOptions) throws(ScoreError) -> Layout {
        let quantiser = try quantiser(options)
        var report = QuantisationReport()
        let usable = usableNotes(options, quantiser: quantiser, report: &report)
        let voices = VoiceAssigner(
            score: self, notes: usable, quantiser: quantiser, options: options
        ).assign()
        report.voices = voices.assignment
        report.shortenedCount = voices.shortenedCount
        report.lostNotes += voices.lost

        let placed = voices.lanes.joined()
        report.placedCount = placed.count
        report.measureShifts(Array(placed), quantiser: quantiser)
        report.lostNotes.sort { Note.scoreOrder($0.note, $1.note) }

        let layout = BarLayout(self, quantiser: quantiser)
        report.ignoredMeterCount = layout.ignoredCount
        let firstStep = options.alignment == .shift ? placed.lazy.map(\.startStep).min() ?? 0 : 0
        let scoreEnd = options.trimsEnd ? firstStep : quantiser.step(nearest: max(0, endTick))
        let lastStep = max(scoreEnd, placed.lazy.map(\.endStep).max() ?? 0)
        let (cells, overflow) = (lastStep - firstStep).multipliedReportingOverflow(by: voices.lanes.count)
        if overflow || cells > Self.maximumCells {
            throw .tooManyCells(
                steps: lastStep - firstStep, lanes: voices.lanes.count, limit: Self.maximumCells)
        }

        var timing = TokenGrid.Timing(
            stepsPerQuarter: options.stepsPerQuarter, meterNumerator: layout.numerator,
            meterDenominator: layout.denominator)
        let barLineStep = (options.pickupSteps ?? layout.barLineStep) % timing.stepsPerBar
        let distance = (firstStep - barLineStep) % timing.stepsPerBar
        timing.firstStepInBar = distance < 0 ? distance + timing.stepsPerBar : distance

        var grid = TokenGrid(
            vocabulary: options.vocabulary, lanes: voices.lanes.count, timing: timing,
            tokens: Array(repeating: Vocabulary.rest, count: cells))
        for (lane, notes) in voices.lanes.enumerated() {
            report.mergedCount += grid.write(notes, lane: lane, firstStep: firstStep)
        }
        return Layout(grid: grid, report: report, lanes: voices.lanes, firstStep: firstStep)
    }

    /// Checks the score and the options.
    private func quantiser(_ options: EncodingOptions) throws(ScoreError) -> StepQuantiser {
        guard (1...0x7FFF).contains(ticksPerQuarter) else { throw .ticksPerQuarter(ticksPerQuarter) }
        guard (1...960).contains(options.stepsPerQuarter) else {
            throw .stepsPerQuarter(options.stepsPerQuarter)
        }
        if let lanes = options.lanes, !(1...64).contains(lanes) { throw .lanes(lanes) }
        // What fits these bounds does not overflow in the arithmetic of ticks and steps.
        let limit = 1 << 26
        guard endTick / ticksPerQuarter < limit else {
            throw .tooLong(quarters: endTick / ticksPerQuarter, limit: limit)
        }
        for note in notes {
            let isInPlace = note.startTick >= 0 && note.endTick > note.startTick && note.endTick <= endTick
            guard isInPlace, tracks.indices.contains(note.track) else { throw .note(note) }
        }
        return StepQuantiser(ticksPerQuarter: ticksPerQuarter, stepsPerQuarter: options.stepsPerQuarter)
    }

    /// The notes that have a token, in the order of the grid.
    private func usableNotes(
        _ options: EncodingOptions, quantiser: StepQuantiser, report: inout QuantisationReport
    ) -> [QuantisedNote] {
        report.noteCount = notes.count
        var usable: [QuantisedNote] = []
        for note in notes {
            if note.channel == 9, !options.includesDrums {
                report.lostNotes.append(QuantisationReport.LostNote(note: note, reason: .drum))
            } else if options.vocabulary.token(of: note.pitch) == nil {
                report.lostNotes.append(QuantisationReport.LostNote(note: note, reason: .outOfRange))
            } else {
                usable.append(QuantisedNote(note, quantiser: quantiser))
            }
        }
        usable.sort(by: QuantisedNote.gridOrder)
        return usable
    }
}

extension QuantisationReport {
    /// Measures how far the notes of the grid lie from where they were.
    fileprivate mutating func measureShifts(_ placed: [QuantisedNote], quantiser: StepQuantiser) {
        var sum = 0.0
        for quantised in placed {
            // What a lane's next note cut off is counted as shortened, not as moved.
            let uncut = QuantisedNote(quantised.note, quantiser: quantiser)
            let start = quantiser.shift(of: quantised.note.startTick, to: uncut.startStep)
            let end = quantiser.shift(of: quantised.note.endTick, to: uncut.endStep)
            if start > 0 || end > 0 { movedCount += 1 }
            if start > 0, quantiser.isTriplet(quantised.note.startTick) { tripletCount += 1 }
            sum += start + end
            largestShift = max(largestShift, start, end)
        }
        meanShift = placed.isEmpty ? 0 : sum / Double(2 * placed.count)
    }
}

extension TokenGrid {
    /// Writes the notes of a lane, which follow one another; returns how many cannot be told from the one before.
    fileprivate mutating func write(_ notes: [QuantisedNote], lane: Int, firstStep: Int) -> Int {
        var mergedCount = 0
        var previous: QuantisedNote?
        for quantised in notes {
            guard let token = vocabulary.token(of: quantised.note.pitch) else { continue }
            let start = quantised.startStep - firstStep
            self[start, lane] = token
            for step in start + 1..<quantised.endStep - firstStep {
                self[step, lane] = vocabulary.hold ?? token
            }
            if vocabulary.encoding == .sustain, let previous, previous.endStep == quantised.startStep,
                previous.note.pitch == quantised.note.pitch
            {
                mergedCount += 1
            }
            previous = quantised
        }
        return mergedCount
    }
}
