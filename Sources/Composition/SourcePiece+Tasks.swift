import PianoRoll

extension SourcePiece {
    /// How many bars there are, a pickup not counted; a last bar that is cut short counts.
    public var barCount: Int { grid.barCount }

    /// Steps before the first bar line.
    private var pickup: Int { grid.pickupSteps }

    /// The task of going on from the first bars.
    ///
    /// - Parameters:
    ///   - bars: How many bars are given after the pickup.
    ///   - total: How many bars the piece is to have.
    ///   - vocabulary: The model's tokens.
    /// - Throws: `CompositionError.noSuchBars`, `.nothingAfter`, `.outOfRange`.
    public func continuation(after bars: Int, total: Int, vocabulary: Vocabulary) throws -> CompositionTask {
        guard bars >= 1, bars <= barCount else {
            throw CompositionError.noSuchBars(first: 1, last: bars, available: barCount)
        }
        guard bars < total else { throw CompositionError.nothingAfter(bars: bars, total: total) }
        let steps = pickup + total * grid.timing.stepsPerBar
        let given = min(grid.steps, pickup + bars * grid.timing.stepsPerBar)
        return try task(vocabulary: vocabulary, steps: steps) { step, _ in step >= given }
    }

    /// The task of composing the other voices to some that are kept.
    ///
    /// - Throws: `CompositionError.keepsEverything`, `.outOfRange`.
    public func harmonisation(keeping lanes: Set<Int>, vocabulary: Vocabulary) throws -> CompositionTask {
        guard (0..<grid.lanes).contains(where: { !lanes.contains($0) }) else {
            throw CompositionError.keepsEverything
        }
        return try task(vocabulary: vocabulary, steps: grid.steps) { _, lane in !lanes.contains(lane) }
    }

    /// The task of composing some bars of some voices anew.
    ///
    /// - Parameters:
    ///   - bars: Bars counted from 1, a pickup being bar 0; nil for all.
    ///   - lanes: The lanes; nil for all.
    ///   - vocabulary: The model's tokens.
    /// - Throws: `CompositionError.noSuchBars`, `.outOfRange`.
    public func infilling(
        bars: ClosedRange<Int>?, lanes: Set<Int>?, vocabulary: Vocabulary
    ) throws -> CompositionTask {
        var region = 0..<grid.steps
        if let bars {
            guard bars.lowerBound >= (pickup > 0 ? 0 : 1), bars.upperBound <= barCount else {
                throw CompositionError.noSuchBars(
                    first: bars.lowerBound, last: bars.upperBound, available: barCount)
            }
            let first = max(0, pickup + (bars.lowerBound - 1) * grid.timing.stepsPerBar)
            region = first..<min(grid.steps, pickup + bars.upperBound * grid.timing.stepsPerBar)
        }
        return try task(vocabulary: vocabulary, steps: grid.steps) { step, lane in
            region.contains(step) && lanes?.contains(lane) != false
        }
    }

    /// The notes as the model is shown them: silence of less than a quarter before the next note of the lane is how a note is
    /// played, and no rest.
    private var legatoNotes: [TokenGrid.LaneNote] {
        (0..<grid.lanes).flatMap { lane in
            var notes = grid.notes(inLane: lane)
            for index in notes.indices.dropLast() {
                let (end, next) = (notes[index].steps.upperBound, notes[index + 1].steps.lowerBound)
                guard next > end, next - end < grid.timing.stepsPerQuarter else { continue }
                notes[index].steps = notes[index].steps.lowerBound..<next
            }
            return notes
        }
    }

    private func task(
        vocabulary: Vocabulary, steps: Int, isFree: (_ step: Int, _ lane: Int) -> Bool
    ) throws -> CompositionTask {
        var given = TokenGrid(
            vocabulary: vocabulary, lanes: grid.lanes, timing: grid.timing,
            tokens: Array(repeating: Vocabulary.rest, count: steps * grid.lanes))
        let flags = (0..<steps).flatMap { step in (0..<grid.lanes).map { isFree(step, $0) } }
        for note in legatoNotes {
            for step in note.steps where step < steps && !flags[step * grid.lanes + note.lane] {
                guard let token = vocabulary.token(of: note.pitch) else {
                    throw CompositionError.outOfRange(
                        pitch: note.pitch, bar: (step - pickup) / grid.timing.stepsPerBar + 1,
                        voice: Self.voiceNames(lanes: grid.lanes)[note.lane], lowest: vocabulary.lowestPitch,
                        highest: vocabulary.highestPitch)
                }
                let starts = step == note.steps.lowerBound || flags[(step - 1) * grid.lanes + note.lane]
                given[step, note.lane] = starts ? token : vocabulary.hold ?? token
            }
        }
        return CompositionTask(given: given, isFree: flags)
    }

    /// What the lanes are called in commands, such as "soprano".
    public static func voiceNames(lanes: Int) -> [String] {
        TokenGrid.standardVoices(lanes: lanes).enumerated().map { index, voice in
            voice.name?.lowercased() ?? "voice \(index + 1)"
        }
    }

    /// The lane that a name or a number from 1 means.
    ///
    /// - Throws: `CompositionError.unknownVoice`.
    public static func lane(named name: String, lanes: Int) throws(CompositionError) -> Int {
        let names = voiceNames(lanes: lanes)
        let wanted = name.lowercased().trimmingPrefix { $0 == " " }
        if let lane = names.firstIndex(where: { $0 == wanted }) { return lane }
        if let number = Int(wanted), (1...lanes).contains(number) { return number - 1 }
        throw .unknownVoice(name, known: names)
    }
}
