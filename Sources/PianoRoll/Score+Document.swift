extension Score {
    /// Lays the score on a grid, as `encoded(_:)` does, and keeps beside it what the grid cannot hold.
    ///
    /// - Throws: `ScoreError` as `encoded(_:)`.
    public func document(
        _ options: EncodingOptions, info: [String: String] = [:]
    ) throws(ScoreError) -> (document: GridDocument, report: QuantisationReport) {
        let layout = try laidOut(options)
        let performance = performance(of: layout.grid, notes: layout.lanes, firstStep: layout.firstStep)
        return (GridDocument(grid: layout.grid, info: info, performance: performance), layout.report)
    }

    /// What the score has besides a grid that it was made of: tempos, keys, and of each lane name, program and velocities.
    ///
    /// The notes of a lane are those that start where the grid's do, on the track and channel that most of them share.
    ///
    /// - Parameter grid: The grid, which begins at tick 0.
    /// - Precondition: `ticksPerQuarter` is positive.
    public func performance(of grid: TokenGrid) -> Performance {
        struct Start: Hashable {
            var step: Int
            var pitch: UInt8
        }
        precondition(ticksPerQuarter > 0, "\(ticksPerQuarter) ticks in a quarter")
        let quantiser = StepQuantiser(
            ticksPerQuarter: ticksPerQuarter, stepsPerQuarter: grid.timing.stepsPerQuarter)
        let all = notes.lazy.filter { $0.channel != 9 }.map { QuantisedNote($0, quantiser: quantiser) }
        let byStart = Dictionary(grouping: all) { Start(step: $0.startStep, pitch: $0.note.pitch) }
        let lanes = (0..<grid.lanes).map { lane in
            let found = grid.notes(inLane: lane).flatMap {
                byStart[Start(step: $0.steps.lowerBound, pitch: $0.pitch)] ?? []
            }
            // Voices that meet on one pitch are told apart by their tracks.
            let own = gridLaneCount == grid.lanes ? found.filter { $0.note.track == lane } : []
            guard own.isEmpty else { return own }
            let part = NotePart.commonest(of: found.map(\.note))
            return found.filter { NotePart($0.note) == part }
        }
        return performance(of: grid, notes: lanes, firstStep: 0)
    }

    /// What the score has besides a grid on which its notes lie lane by lane.
    private func performance(of grid: TokenGrid, notes: [[QuantisedNote]], firstStep: Int) -> Performance {
        let quantiser = StepQuantiser(
            ticksPerQuarter: ticksPerQuarter, stepsPerQuarter: grid.timing.stepsPerQuarter)
        func step(_ tick: Int) -> Int {
            min(grid.steps, max(0, quantiser.step(nearest: max(0, tick)) - firstStep))
        }
        // A MIDI file without a tempo at its beginning is at 120, which grids are not.
        var tempoAtStep = [0: Tempo(tick: 0, microsecondsPerQuarter: 500_000)]
        for tempo in tempos { tempoAtStep[step(tempo.tick)] = tempo }
        var keyAtStep: [Int: Key] = [:]
        for key in keys { keyAtStep[step(key.tick)] = key }
        return Performance(
            tempos: tempoAtStep.sorted { $0.key < $1.key }.map {
                .init(step: $0.key, microsecondsPerQuarter: $0.value.microsecondsPerQuarter)
            },
            keys: keyAtStep.sorted { $0.key < $1.key }.map {
                .init(step: $0.key, fifths: $0.value.fifths, isMinor: $0.value.isMinor)
            },
            voices: notes.enumerated().map { voice(ofLane: $0, of: grid.lanes, notes: $1) },
            velocities: notes.enumerated().map { lane, notes in
                var velocityAtStep: [Int: UInt8] = [:]
                for quantised in notes {
                    velocityAtStep[quantised.startStep - firstStep] = quantised.note.velocity
                }
                return grid.notes(inLane: lane).map { velocityAtStep[$0.steps.lowerBound] ?? 80 }
            })
    }

    /// Name and program of the track that most notes of a lane came from; of a silent lane, those of its track if the tracks are lanes.
    private func voice(ofLane lane: Int, of lanes: Int, notes: [QuantisedNote]) -> Performance.Voice {
        if let part = NotePart.commonest(of: notes.map(\.note)) {
            return Performance.Voice(
                name: tracks[part.track].name, program: tracks[part.track].program(onChannel: part.channel))
        }
        guard gridLaneCount == lanes else { return Performance.Voice() }
        return Performance.Voice(name: tracks[lane].name, program: tracks[lane].program)
    }
}
