import MIDIFile

extension MIDIFile {
    /// Lays a score out as a file of format 1: a conductor's track, then a track for each of the score's.
    ///
    /// The conductor's track has the texts, tempos, meters and keys. Every track ends with the score. Where two
    /// notes of a track sound on one channel and key at once, the earlier ends where the later starts, as a
    /// reader would have it. `Score.init(_:)` gives back the score, if it is in the order that its properties
    /// tell and free of such notes.
    ///
    /// - Throws: `ScoreError` if a value of the score has no place in a MIDI file.
    public init(score: Score) throws(ScoreError) {
        try score.validate()
        let freeChannel = score.unusedChannel
        var notesByTrack = Array(repeating: [Note](), count: score.tracks.count)
        for note in score.notes.sorted(by: Note.scoreOrder) { notesByTrack[note.track].append(note) }
        let controlsByTrack = Dictionary(grouping: score.controls, by: \.track)

        var tracks = [Track(conductorOf: score)]
        for (index, track) in score.tracks.enumerated() {
            tracks.append(
                Track(
                    track, notes: notesByTrack[index], controls: controlsByTrack[index] ?? [],
                    endTick: score.endTick, freeChannel: freeChannel))
        }
        self.init(
            format: .simultaneousTracks, division: .ticksPerQuarter(score.ticksPerQuarter), tracks: tracks)
    }
}

extension Score {
    /// Checks that everything has a place in a MIDI file.
    fileprivate func validate() throws(ScoreError) {
        guard (1...0x7FFF).contains(ticksPerQuarter) else { throw .ticksPerQuarter(ticksPerQuarter) }
        for note in notes {
            let isInPlace =
                tracks.indices.contains(note.track) && note.startTick >= 0 && note.endTick > note.startTick
                && note.endTick <= endTick
            guard isInPlace, note.pitch < 128, note.channel < 16, (1..<128).contains(note.velocity) else {
                throw .note(note)
            }
        }
        for control in controls {
            guard tracks.indices.contains(control.track), control.isWritable, control.tick <= endTick else {
                throw .control(control)
            }
        }
        for tempo in tempos
        where tempo.tick < 0 || !(1...0xFF_FFFF).contains(tempo.microsecondsPerQuarter) {
            throw .tempo(microsecondsPerQuarter: tempo.microsecondsPerQuarter, tick: tempo.tick)
        }
        for meter in meters where meter.tick < 0 || !meter.isWritable {
            throw .meter(numerator: meter.numerator, denominator: meter.denominator, tick: meter.tick)
        }
        for key in keys where key.tick < 0 || !(-7...7).contains(key.fifths) {
            throw .key(fifths: key.fifths, tick: key.tick)
        }
    }

    /// A channel that no note uses, for the program of a silent track; never that of the drums.
    fileprivate var unusedChannel: UInt8? {
        let used = Set(notes.lazy.map(\.channel))
        return (0..<16).last { $0 != 9 && !used.contains($0) }
    }
}

extension Score.Meter {
    /// Whether a MIDI file, and a grid, can say it.
    var isWritable: Bool {
        (1...255).contains(numerator) && (1...128).contains(denominator)
            && denominator & (denominator - 1) == 0
    }
}

extension MIDIFile.Track {
    fileprivate init(conductorOf score: Score) {
        var events = score.texts.map { MIDIFile.TimedEvent(tick: 0, .meta(.text(.text, Array($0.utf8)))) }
        for meter in score.meters {
            // The metronome clicks on the beat, in compound meters on three of them; 24 clocks are a quarter.
            let isCompound = meter.denominator >= 8 && meter.numerator > 3 && meter.numerator % 3 == 0
            let clocks = max(1, 96 / meter.denominator) * (isCompound ? 3 : 1)
            events.append(
                MIDIFile.TimedEvent(
                    tick: meter.tick,
                    .meta(
                        .meter(
                            numerator: UInt8(meter.numerator),
                            denominatorPower: UInt8(meter.denominator.trailingZeroBitCount),
                            clocksPerClick: UInt8(clocks), thirtySecondsPerQuarter: 8))))
        }
        for key in score.keys {
            events.append(
                MIDIFile.TimedEvent(
                    tick: key.tick, .meta(.key(fifths: Int8(key.fifths), isMinor: key.isMinor))))
        }
        for tempo in score.tempos {
            events.append(
                MIDIFile.TimedEvent(
                    tick: tempo.tick, .meta(.tempo(microsecondsPerQuarter: tempo.microsecondsPerQuarter))))
        }
        let ordered = events.enumerated().sorted {
            ($0.element.tick, $0.offset) < ($1.element.tick, $1.offset)
        }
        let lastTick = ordered.last?.element.tick ?? 0
        self.init(events: ordered.map(\.element), endTick: max(score.endTick, lastTick))
    }

    /// Lays out a track whose notes are in order.
    fileprivate init(
        _ track: Score.Track, notes: [Note], controls: [Score.Control], endTick: Int, freeChannel: UInt8?
    ) {
        var events: [MIDIFile.TimedEvent] = []
        if let name = track.name {
            events.append(MIDIFile.TimedEvent(tick: 0, .meta(.text(.trackName, Array(name.utf8)))))
        }
        let channels = Set(notes.lazy.map(\.channel)).sorted()
        if channels.isEmpty, let program = track.program {
            // A silent track's program must not change that of a sounding one: it goes to a channel that is
            // free, or, if all are taken, waits until the music is over.
            let message = MIDIFile.Event.channel(freeChannel ?? 0, .programChange(min(program, 127)))
            if freeChannel != nil { events.append(MIDIFile.TimedEvent(tick: 0, message)) }
            events += controls.ordered.map(MIDIFile.TimedEvent.init)
            if freeChannel == nil { events.append(MIDIFile.TimedEvent(tick: endTick, message)) }
            self.init(events: events, endTick: endTick)
            return
        }
        for channel in channels {
            guard let program = track.program(onChannel: channel) else { continue }
            events.append(MIDIFile.TimedEvent(tick: 0, .channel(channel, .programChange(min(program, 127)))))
        }
        // At each tick what is set comes before the notes that it is for, but pedals are pressed when keys have been released.
        let changes = controls.ordered
        let ranked = zip(changes, changes.areAfterReleases).map { (MIDIFile.TimedEvent($0), $1 ? 2 : 0) }
        let all = (ranked + Self.noteEvents(notes)).enumerated().sorted {
            ($0.element.0.tick, $0.element.1, $0.offset) < ($1.element.0.tick, $1.element.1, $1.offset)
        }
        events += all.map(\.element.0)
        self.init(events: events, endTick: endTick)
    }

    /// The note-ons and note-offs of notes in order, at each tick the note-offs first, with their rank: 1 and 3.
    private static func noteEvents(_ notes: [Note]) -> [(MIDIFile.TimedEvent, Int)] {
        struct Key: Hashable {
            var channel: UInt8
            var pitch: UInt8
        }
        // Going backwards, `nextStart` knows where the key is pressed next.
        var nextStart: [Key: Int] = [:]
        var entries: [(tick: Int, isOn: Bool, note: Note)] = []
        for note in notes.reversed() {
            let key = Key(channel: note.channel, pitch: note.pitch)
            let next = nextStart[key]
            if next == note.startTick { continue }
            nextStart[key] = note.startTick
            entries.append((note.startTick, true, note))
            entries.append((min(note.endTick, next ?? note.endTick), false, note))
        }
        entries.sort { first, second in
            if first.tick != second.tick { return first.tick < second.tick }
            if first.isOn != second.isOn { return second.isOn }
            return (first.note.pitch, first.note.channel) < (second.note.pitch, second.note.channel)
        }
        return entries.map { tick, isOn, note in
            let message: MIDIFile.ChannelMessage =
                isOn
                ? .noteOn(key: note.pitch, velocity: note.velocity)
                : .noteOff(key: note.pitch, velocity: 64)
            return (MIDIFile.TimedEvent(tick: tick, .channel(note.channel, message)), isOn ? 3 : 1)
        }
    }
}

extension [Score.Control] {
    /// In order of tick, those of one tick as they are.
    fileprivate var ordered: [Score.Control] {
        enumerated().sorted { ($0.element.tick, $0.offset) < ($1.element.tick, $1.offset) }.map(\.element)
    }
}

extension MIDIFile.TimedEvent {
    fileprivate init(_ control: Score.Control) {
        let message: MIDIFile.ChannelMessage =
            switch control.change {
            case .controller(let number, let value): .controlChange(controller: number, value: value)
            case .pitchBend(let value): .pitchBend(value)
            case .program(let program): .programChange(program)
            }
        self.init(tick: control.tick, .channel(control.channel, message))
    }
}
