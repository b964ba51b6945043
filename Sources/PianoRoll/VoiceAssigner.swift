/// Tells the notes of a score apart into lanes.
struct VoiceAssigner {
    let score: Score
    /// In the order of the grid.
    let notes: [QuantisedNote]
    let quantiser: StepQuantiser
    let options: Score.EncodingOptions

    /// The notes lane by lane, those of a lane one after another, and what they lost by it.
    struct Voices {
        var assignment: Score.VoiceAssignment
        var lanes: [[QuantisedNote]]
        var lost: [QuantisationReport.LostNote] = []
        var shortenedCount = 0

        /// How many notes are not there in full.
        var faultCount: Int { lost.count { $0.reason == .surplus } + shortenedCount }
    }

    /// The most lanes that are taken unless a number is given.
    private static let maximumAutomaticLanes = 16

    /// A track's notes on one channel.
    private struct Group {
        var track: Int
        var notes: [QuantisedNote]
        var meanPitch: Double {
            notes.reduce(0.0) { $0 + Double($1.note.pitch) } / Double(max(1, notes.count))
        }
    }

    func assign() -> Voices {
        let groups = groups()
        switch options.voices {
        case .trackOrder: return byTrackOrder(groups)
        case .trackPitch: return byTrackPitch(groups)
        case .proximity: return byProximity(lanes: options.lanes ?? polyphony)
        case .automatic: break
        }
        if let lanes = TokenGrid.laneCount(markedIn: score), options.lanes == nil || options.lanes == lanes {
            return byTrackOrder(groups, lanes: lanes)
        }
        // A stray chord in a voice is borne rather than all voices be parted anew.
        let bearable = notes.count / 50
        if groups.count <= options.lanes ?? Self.maximumAutomaticLanes {
            let byTrack = byTrackPitch(groups)
            if byTrack.faultCount <= bearable { return byTrack }
            let byPitch = byProximity(lanes: options.lanes ?? polyphony)
            return byTrack.faultCount <= byPitch.faultCount ? byTrack : byPitch
        }
        return byProximity(lanes: options.lanes ?? polyphony)
    }

    /// The notes by track and channel, in that order.
    private func groups() -> [Group] {
        struct Key: Hashable {
            var track: Int
            var channel: UInt8
        }
        let byKey = Dictionary(grouping: notes) { Key(track: $0.note.track, channel: $0.note.channel) }
        return byKey.keys.sorted { ($0.track, $0.channel) < ($1.track, $1.channel) }
            .map { Group(track: $0.track, notes: byKey[$0] ?? []) }
    }

    /// How many notes sound at once at most, at least 1, legato not counted.
    private var polyphony: Int {
        let starts = notes.map(\.note.startTick).sorted()
        // A note counts up to half a step before its end, but not for nothing.
        let halfStep = quantiser.ticksPerQuarter / (2 * quantiser.stepsPerQuarter)
        let ends = notes.map { max($0.note.startTick + 1, $0.note.endTick - halfStep) }.sorted()
        var most = 1
        var ended = 0
        for (index, start) in starts.enumerated() {
            while ends[ended] <= start { ended += 1 }
            most = max(most, index + 1 - ended)
        }
        return min(most, Self.maximumAutomaticLanes)
    }

    private func byTrackOrder(_ groups: [Group], lanes markedLanes: Int? = nil) -> Voices {
        let trackCount = score.tracks.count
        if let lanes = markedLanes ?? options.lanes, lanes == trackCount, lanes <= 64 {
            var lists = Array(repeating: [QuantisedNote](), count: lanes)
            for quantised in notes { lists[quantised.note.track].append(quantised) }
            return voices(.trackOrder, lists)
        }
        return voices(.trackOrder, groups.map(\.notes))
    }

    private func byTrackPitch(_ groups: [Group]) -> Voices {
        let means = groups.map(\.meanPitch)
        let order = groups.indices.sorted { (-means[$0], $0) < (-means[$1], $1) }
        return voices(.trackPitch, order.map { groups[$0].notes })
    }

    private func byProximity(lanes: Int) -> Voices {
        var separation = VoiceSeparation(lanes: lanes, quantiser: quantiser)
        separation.add(notes)
        var result = voices(.proximity, separation.lanes)
        result.lost += separation.surplus.map { .init(note: $0, reason: .surplus) }
        return result
    }

    /// Makes lanes of lists of notes, as many as asked for; lists beyond them are lost.
    private func voices(_ assignment: Score.VoiceAssignment, _ lists: [[QuantisedNote]]) -> Voices {
        let count = options.lanes ?? max(1, min(lists.count, 64))
        var result = Voices(assignment: assignment, lanes: [])
        for lane in 0..<count {
            let list = lane < lists.count ? lists[lane] : []
            result.lanes.append(
                singleVoice(list, keepsLowest: count > 1 && lane == count - 1, into: &result))
        }
        for list in lists.dropFirst(count) {
            result.lost += list.map { .init(note: $0.note, reason: .surplus) }
        }
        return result
    }

    /// Thins a list of notes, in the order of the grid, to notes that follow one another.
    private func singleVoice(
        _ list: [QuantisedNote], keepsLowest: Bool, into voices: inout Voices
    ) -> [QuantisedNote] {
        var lane: [QuantisedNote] = []
        for next in list {
            guard let last = lane.last else {
                lane.append(next)
                continue
            }
            if last.startStep == next.startStep {
                let isChord =
                    quantiser.overlaps(last.note, next.note) || last.note.startTick == next.note.startTick
                let keepsNext =
                    isChord
                    ? (next.note.pitch > last.note.pitch) != keepsLowest
                    : quantiser.shift(of: next.note.startTick, to: next.startStep)
                        < quantiser.shift(of: last.note.startTick, to: last.startStep)
                let lost = keepsNext ? last.note : next.note
                voices.lost.append(.init(note: lost, reason: isChord ? .surplus : .collision))
                if keepsNext { lane[lane.count - 1] = next }
                continue
            }
            if last.endStep > next.startStep {
                if quantiser.overlaps(last.note, next.note) { voices.shortenedCount += 1 }
                lane[lane.count - 1].endStep = next.startStep
            }
            lane.append(next)
        }
        return lane
    }
}
