import PianoRoll

extension SourcePiece {
    /// Puts what was composed into the score it was composed for.
    ///
    /// Notes that lie in given cells alone stay as they were, to the tick; so do tempo, meter and key. The tracks of new voices
    /// are put among the others so that voices come from the highest to the lowest. A note that
    /// reaches from given into free cells is cut where the free ones begin, unless the composition holds it on.
    ///
    /// - Parameters:
    ///   - composed: The composed grid.
    ///   - task: The task it was composed for, made from this piece.
    ///   - programs: General MIDI programs for the lanes; nil leaves a lane's as it is, and gives a new voice that of the
    ///     nearest one.
    ///   - texts: Texts to add.
    public func score(
        with composed: TokenGrid, task: CompositionTask, programs: [UInt8?] = [], texts: [String] = []
    ) -> Score {
        let lanes = composed.lanes
        let end =
            composed.steps >= grid.steps
            ? max(score.endTick, tick(ofStep: composed.steps)) : tick(ofStep: composed.steps)
        let grows = composed.steps != grid.steps
        let lastGiven = task.isFree.lastIndex(of: false).map { $0 / lanes + 1 } ?? 0
        // Past the prompt of a continuation the old piece does not go on, nor do its drums and changes of tempo.
        let cut = grows || lastGiven < composed.steps ? tick(ofStep: lastGiven) : end
        let givenEnd = task.isFree.contains(false) && lastGiven < composed.steps ? cut : end
        var result = score
        result.endTick = grows ? tick(ofStep: composed.steps) : end
        if grows {
            result.tempos.removeAll { $0.tick >= givenEnd && $0.tick > 0 }
            result.meters.removeAll { $0.tick >= givenEnd && $0.tick > 0 }
            result.keys.removeAll { $0.tick >= givenEnd && $0.tick > 0 }
        }
        // Pedals would blur the new notes; what else is set stays, as far as the old piece goes.
        result.controls.removeAll { $0.isPedal || $0.tick > result.endTick || (grows && $0.tick >= givenEnd) }
        var notes: [Note] = []
        for (index, note) in score.notes.enumerated() {
            guard let lane = laneOfNote[index] else {
                if note.channel == 9, !grows || note.endTick <= givenEnd { notes.append(note) }
                continue
            }
            notes += remains(
                of: shown(note, endingAt: lineEnds[index], lane: lane, task: task), lane: lane,
                composed: composed, task: task)
        }
        let given = (0..<lanes).map(part(ofLane:))
        let parts = (0..<lanes).map { given[$0] ?? newPart(lane: $0, given: given, in: &result) }
        for lane in 0..<lanes {
            let velocity = score.notes.indices.first { laneOfNote[$0] == lane }.map {
                score.notes[$0].velocity
            }
            for steps in newNotes(lane: lane, composed: composed, task: task) {
                notes.append(
                    Note(
                        pitch: steps.pitch, velocity: velocity ?? 80, channel: parts[lane].channel,
                        track: parts[lane].track, startTick: tick(ofStep: steps.steps.lowerBound),
                        endTick: max(
                            tick(ofStep: steps.steps.lowerBound) + 1, tick(ofStep: steps.steps.upperBound))))
            }
            if lane < programs.count, let program = programs[lane] {
                result.setProgram(program, track: parts[lane].track, channel: parts[lane].channel)
            } else if given[lane] == nil, let nearest = Self.nearest(to: lane, of: given),
                let program = score.tracks[nearest.track].program(onChannel: nearest.channel),
                result.tracks[parts[lane].track].program(onChannel: parts[lane].channel) == nil
            {
                result.setProgram(program, track: parts[lane].track, channel: parts[lane].channel)
            }
        }
        result.notes = notes
        result.notes.sort(by: Note.scoreOrder)
        if given.contains(where: { $0 == nil }),
            let numbers = trackNumbers(voices: parts.map(\.track), of: result.tracks.count)
        {
            result.renumberTracks(numbers)
        }
        result.endTick = max(result.endTick, notes.lazy.map(\.endTick).max() ?? 0)
        result.texts += texts
        return result
    }

    /// A note that was played legato beyond the end of its place in the line: as it was played, unless something is composed where it
    /// would still sound.
    private func shown(_ note: Note, endingAt lineEnd: Int, lane: Int, task: CompositionTask) -> Note {
        let played = steps(of: note)
        let isGiven = (played.lowerBound...played.upperBound).allSatisfy {
            $0 >= task.given.steps || !task.isFree(step: $0, lane: lane)
        }
        guard lineEnd < note.endTick, !isGiven else { return note }
        var note = note
        note.endTick = lineEnd
        return note
    }

    /// What is left of a note of the score: the parts of it that lie in given cells.
    private func remains(of note: Note, lane: Int, composed: TokenGrid, task: CompositionTask) -> [Note] {
        let steps = steps(of: note)
        var result: [Note] = []
        var step = steps.lowerBound
        while step < steps.upperBound, step < composed.steps {
            guard !task.isFree(step: step, lane: lane) else {
                step += 1
                continue
            }
            var last = step
            while last + 1 < min(steps.upperBound, composed.steps), !task.isFree(step: last + 1, lane: lane) {
                last += 1
            }
            var part = note
            if step > steps.lowerBound { part.startTick = max(note.startTick, tick(ofStep: step)) }
            let after = last + 1
            if after < composed.steps, task.isFree(step: after, lane: lane) {
                let held = heldSteps(
                    from: after, lane: lane, pitch: note.pitch, composed: composed, task: task)
                if held > 0 {
                    part.endTick = tick(ofStep: after + held)
                } else if after < steps.upperBound {
                    part.endTick = tick(ofStep: after)
                }
            } else if after == composed.steps, after < steps.upperBound {
                part.endTick = min(note.endTick, tick(ofStep: after))
            }
            if part.endTick > part.startTick { result.append(part) }
            step = after
        }
        return result
    }

    /// How many free steps from one on hold the note that sounds before it.
    private func heldSteps(
        from step: Int, lane: Int, pitch: UInt8, composed: TokenGrid, task: CompositionTask
    ) -> Int {
        let goesOn = composed.vocabulary.hold ?? composed.vocabulary.token(of: pitch)
        var count = 0
        while step + count < composed.steps, task.isFree(step: step + count, lane: lane),
            composed[step + count, lane] == goesOn
        {
            count += 1
        }
        return count
    }

    /// The notes that start in free cells.
    private func newNotes(lane: Int, composed: TokenGrid, task: CompositionTask) -> [TokenGrid.LaneNote] {
        composed.notes(inLane: lane).compactMap { note in
            let free = note.steps.prefix { task.isFree(step: $0, lane: lane) }
            return free.isEmpty ? nil : TokenGrid.LaneNote(pitch: note.pitch, lane: lane, steps: free)
        }
    }

    /// The track and channel of the voice nearest to a lane, of two the higher one's.
    private static func nearest(
        to lane: Int, of given: [(track: Int, channel: UInt8)?]
    ) -> (track: Int, channel: UInt8)? {
        let voices = given.enumerated().compactMap { other, part in part.map { (abs(other - lane), $0) } }
        return voices.min { $0.0 < $1.0 }?.1
    }

    /// The new number of each track so that voices come in the order of their lanes, in which programs count them; other tracks keep
    /// theirs. nil if a track has several voices.
    private func trackNumbers(voices: [Int], of count: Int) -> [Int]? {
        guard Set(voices).count == voices.count else { return nil }
        var numbers = Array(0..<count)
        for (track, number) in zip(voices, voices.sorted()) { numbers[track] = number }
        return numbers
    }

    /// A new track for a lane that the score has no notes for, on a channel of its own where one is left, else on the nearest voice's.
    private func newPart(
        lane: Int, given: [(track: Int, channel: UInt8)?], in result: inout Score
    ) -> (track: Int, channel: UInt8) {
        let name = TokenGrid.standardVoices(lanes: given.count)[lane].name
        let used = Set(score.notes.map(\.channel))
        let free = (UInt8(0)..<16).filter { $0 != 9 && !used.contains($0) }
        let place = given[..<lane].count { $0 == nil }
        let channel = place < free.count ? free[place] : Self.nearest(to: lane, of: given)?.channel ?? 0
        if score.gridLaneCount == given.count { return (lane, channel) }
        result.tracks.append(Score.Track(name: name))
        return (result.tracks.count - 1, channel)
    }
}
