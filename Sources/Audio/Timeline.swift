import PianoRoll

/// A score as the synthesizer hears it: which channel plays what, and at which frame.
struct Timeline {
    /// A key pressed, or released if its velocity is 0.
    struct Event: Hashable {
        var frame: Int
        var channel: Int32
        var key: Int32
        var velocity: Int32
    }

    /// A channel of the synthesizer and the program it plays.
    struct Part: Hashable {
        var channel: Int32
        var program: Int32
        var isDrums: Bool
    }

    /// FluidSynth starts and stops notes only where one of its internal blocks begins, every 64 frames (1.5 ms at
    /// 44,100 Hz); so events are put on the nearest such place, rather than left to fall to the next.
    static let grain = 64

    /// The most frames of a score that are rendered: what a WAV file's 32-bit sizes can hold (6.7 hours at 44,100 Hz).
    static let frameLimit = (1 << 30) - (1 << 20)

    /// FluidSynth's own limit is 256 channels, of which every sixteenth is left to drums.
    static let melodicChannelLimit = 240

    /// In order of frame; at one frame releases come first.
    private(set) var events: [Event] = []
    /// The channels in use.
    private(set) var parts: [Part] = []
    /// Where the score ends, a multiple of the grain.
    private(set) var endFrame = 0

    /// How many channels the synthesizer needs, a multiple of 16.
    static func channelCount(_ parts: [Part]) -> Int32 {
        ((parts.lazy.map(\.channel).max() ?? 0) / 16 + 1) * 16
    }

    /// Lays a score out in time.
    ///
    /// Each track (and each channel of a track) gets a channel of its own, so that voices in unison do not cut each
    /// other off; drums share channel 9. A note that restarts a key still held on its channel ends the one before it.
    ///
    /// - Parameters:
    ///   - score: What is laid out.
    ///   - sampleRate: Frames a second.
    ///   - melodicChannels: Channels to share out; 15 are those of MIDI.
    /// - Throws: `scoreTooLong`.
    init(
        _ score: Score, sampleRate: Int, melodicChannels: Int = melodicChannelLimit
    ) throws(AudioError) {
        let tempoMap = TempoMap(score)
        let lastTick = max(score.endTick, score.notes.lazy.map(\.endTick).max() ?? 0)
        let seconds = tempoMap.seconds(atTick: lastTick)
        guard seconds * Double(sampleRate) < Double(Self.frameLimit) else {
            throw .scoreTooLong(seconds: seconds, limit: Double(Self.frameLimit / sampleRate))
        }
        func grains(_ tick: Int) -> Int {
            Int((tempoMap.seconds(atTick: tick) * Double(sampleRate) / Double(Self.grain)).rounded())
        }
        let strokes = assign(score, melodicChannels: melodicChannels) { note, channel in
            let start = grains(note.startTick)
            return Stroke(
                start: start, end: max(start + 1, grains(note.endTick)), channel: channel,
                key: Int32(note.pitch),
                velocity: Int32(note.velocity))
        }
        let apart = Self.withoutOverlaps(strokes)
        endFrame = max(grains(lastTick), apart.lazy.map(\.end).max() ?? 0) * Self.grain
        events.reserveCapacity(2 * apart.count)
        for stroke in apart {
            events.append(stroke.event(at: stroke.start, velocity: stroke.velocity))
            events.append(stroke.event(at: stroke.end, velocity: 0))
        }
        events.sort {
            ($0.frame, $0.velocity.signum(), $0.channel, $0.key) < (
                $1.frame, $1.velocity.signum(), $1.channel, $1.key
            )
        }
    }

    /// A note on its channel, in grains.
    private struct Stroke {
        var start: Int
        var end: Int
        var channel: Int32
        var key: Int32
        var velocity: Int32

        func event(at grain: Int, velocity: Int32) -> Event {
            Event(frame: grain * Timeline.grain, channel: channel, key: key, velocity: velocity)
        }
    }

    /// A stretch of a stream: keys pressed and released on channels that sound already.
    ///
    /// - Parameters:
    ///   - events: In order of frame, none of them beyond the end.
    ///   - endFrame: Where the stretch ends.
    init(events: [Event], endFrame: Int) {
        self.events = events
        self.endFrame = endFrame
    }

    /// The channel of a part that is no drum: 0...8, 10...24, 26...40, and so on; once all are taken, parts share them.
    static func melodicChannel(_ index: Int) -> Int32 {
        let index = Int32(index % melodicChannelLimit)
        return index + (index + 6) / 15
    }

    /// Gives every track its channel and program, and makes a stroke of every note.
    private mutating func assign(
        _ score: Score, melodicChannels: Int, stroke: (Note, Int32) -> Stroke
    ) -> [Stroke] {
        struct Voice: Hashable {
            var track: Int
            var channel: UInt8
        }
        var channels: [Voice: Int32] = [:]
        var melodicCount = 0
        return score.notes.map { note in
            let isDrums = note.channel == 9
            let voice = Voice(track: isDrums ? -1 : note.track, channel: note.channel)
            if let channel = channels[voice] { return stroke(note, channel) }
            let channel = isDrums ? 9 : Self.melodicChannel(melodicCount % melodicChannels)
            channels[voice] = channel
            if isDrums || melodicCount < melodicChannels {
                let program =
                    score.tracks.indices.contains(note.track) ? score.tracks[note.track].program : nil
                parts.append(Part(channel: channel, program: Int32(program ?? 0), isDrums: isDrums))
            }
            if !isDrums { melodicCount += 1 }
            return stroke(note, channel)
        }
    }

    /// Ends each note where the next one on its key and channel starts; of two that start together, one is left.
    private static func withoutOverlaps(_ strokes: [Stroke]) -> [Stroke] {
        let sorted = strokes.sorted {
            ($0.start, $0.channel, $0.key, $0.end, $0.velocity) < (
                $1.start, $1.channel, $1.key, $1.end, $1.velocity
            )
        }
        var result: [Stroke] = []
        result.reserveCapacity(sorted.count)
        var latest: [Int32: Int] = [:]
        for stroke in sorted {
            let place = stroke.channel * 128 + stroke.key
            if let index = latest[place] {
                if result[index].start == stroke.start {
                    result[index].end = max(result[index].end, stroke.end)
                    result[index].velocity = max(result[index].velocity, stroke.velocity)
                    continue
                }
                result[index].end = min(result[index].end, stroke.start)
            }
            latest[place] = result.count
            result.append(stroke)
        }
        return result
    }
}
