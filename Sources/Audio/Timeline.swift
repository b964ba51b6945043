import PianoRoll

/// A score as the synthesizer hears it: which channel plays what, and at which frame.
struct Timeline {
    /// What a channel is told, and when.
    struct Event: Hashable {
        enum Action: Hashable {
            case change(Score.Control.Change, afterReleases: Bool = false)
            case release(key: Int32)
            case press(key: Int32, velocity: Int32)

            /// The order of what falls on one frame: what is set, then keys released, then pedals and keys pressed.
            fileprivate var rank: (Int, Int32) {
                switch self {
                case .change(_, let afterReleases): (afterReleases ? 2 : 0, 0)
                case .release(let key): (1, key)
                case .press(let key, _): (3, key)
                }
            }
        }
        var frame: Int
        var channel: Int32
        var action: Action
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

    /// In order of frame; at one frame changes come first, then releases, then pedals pressed, then keys.
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
    /// Pedals still down at the score's end are lifted there.
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
        let channels = assign(score, melodicChannels: melodicChannels)
        let strokes = score.notes.compactMap { note -> Stroke? in
            let start = grains(note.startTick)
            return channels[Voice(note)].map {
                Stroke(
                    start: start, end: max(start + 1, grains(note.endTick)), channel: $0,
                    key: Int32(note.pitch), velocity: Int32(note.velocity))
            }
        }
        let apart = Self.withoutOverlaps(strokes)
        endFrame = max(grains(lastTick), apart.lazy.map(\.end).max() ?? 0) * Self.grain
        var unordered = changes(score, channels: channels) { grains($0) * Self.grain }
        unordered.reserveCapacity(unordered.count + 2 * apart.count)
        for stroke in apart {
            unordered.append(stroke.press)
            unordered.append(stroke.release)
        }
        // Changes of a channel at one frame stay in the order of the score.
        events = unordered.enumerated().sorted { first, second in
            let (one, other) = (first.element.action.rank, second.element.action.rank)
            return (first.element.frame, one.0, first.element.channel, one.1, first.offset)
                < (second.element.frame, other.0, second.element.channel, other.1, second.offset)
        }.map(\.element)
    }

    /// What is set on the channels besides notes.
    private func changes(
        _ score: Score, channels: [Voice: Int32], frame: (Int) -> Int
    ) -> [Event] {
        let byChannel = Dictionary(grouping: channels.keys) { $0.channel }.mapValues {
            Set($0.compactMap { channels[$0] })
        }
        var result: [Event] = []
        var down: [[Int32]: Score.Control.Change] = [:]
        for (control, afterReleases) in zip(score.controls, score.controls.areAfterReleases) {
            let own = channels[Voice(track: control.track, channel: control.channel)]
            for channel in own.map({ [$0] }) ?? (byChannel[control.channel]?.sorted() ?? []) {
                result.append(
                    Event(
                        frame: min(frame(control.tick), endFrame), channel: channel,
                        action: .change(control.change, afterReleases: afterReleases)))
                if control.isPedal, case .controller(let number, let value) = control.change {
                    let lifted = Score.Control.Change.controller(number: number, value: 0)
                    down[[channel, Int32(number)]] = value < 64 ? nil : lifted
                }
            }
        }
        for (place, lifted) in down.sorted(by: { $0.key.lexicographicallyPrecedes($1.key) }) {
            result.append(Event(frame: endFrame, channel: place[0], action: .change(lifted)))
        }
        return result
    }

    /// A note on its channel, in grains.
    private struct Stroke {
        var start: Int
        var end: Int
        var channel: Int32
        var key: Int32
        var velocity: Int32

        var press: Event {
            Event(
                frame: start * Timeline.grain, channel: channel, action: .press(key: key, velocity: velocity))
        }
        var release: Event {
            Event(frame: end * Timeline.grain, channel: channel, action: .release(key: key))
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

    /// What gets a channel of its own: a channel of a track, but the drums of all tracks together.
    private struct Voice: Hashable {
        var track: Int
        var channel: UInt8

        init(track: Int, channel: UInt8) {
            self.track = channel == 9 ? -1 : track
            self.channel = channel
        }

        init(_ note: Note) { self.init(track: note.track, channel: note.channel) }
    }

    /// Gives every voice that has notes its channel and program.
    private mutating func assign(_ score: Score, melodicChannels: Int) -> [Voice: Int32] {
        var channels: [Voice: Int32] = [:]
        var melodicCount = 0
        for note in score.notes {
            let isDrums = note.channel == 9
            let voice = Voice(note)
            if channels[voice] != nil { continue }
            let channel = isDrums ? 9 : Self.melodicChannel(melodicCount % melodicChannels)
            channels[voice] = channel
            if isDrums || melodicCount < melodicChannels {
                let program =
                    score.tracks.indices.contains(note.track)
                    ? score.tracks[note.track].program(onChannel: note.channel) : nil
                parts.append(Part(channel: channel, program: Int32(program ?? 0), isDrums: isDrums))
            }
            if !isDrums { melodicCount += 1 }
        }
        return channels
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
