/// A Standard MIDI File: its header and its tracks of timed events.
///
/// This is the file as it stands, nothing interpreted: a note-on of velocity 0 is still a note-on here.
/// `init(decoding:)` reads one from bytes, leniently; `encoded()` writes bytes, strictly. The layout is
/// that of the MIDI Association's *Standard MIDI Files 1.0* (RP-001).
public struct MIDIFile: Hashable, Sendable {
    /// How the tracks of a file belong together.
    public enum Format: UInt16, Hashable, Sendable, CaseIterable {
        /// Format 0: one track with everything.
        case singleTrack = 0
        /// Format 1: tracks that sound together.
        case simultaneousTracks = 1
        /// Format 2: tracks that are pieces of their own.
        case independentTracks = 2
    }

    /// What a tick is.
    public enum Division: Hashable, Sendable {
        /// So many ticks to a quarter note, 1...32,767; seconds follow from the tempo.
        case ticksPerQuarter(Int)
        /// So many ticks to a frame of film, 1...255; the tempo has no say.
        case timecode(FrameRate, ticksPerFrame: Int)
    }

    /// The rates of SMPTE time code.
    public enum FrameRate: UInt8, Hashable, Sendable, CaseIterable {
        /// 24 frames a second.
        case film24 = 24
        /// 25 frames a second.
        case video25 = 25
        /// Drop-frame code: 30,000 frames in 1,001 seconds.
        case dropFrame30 = 29
        /// 30 frames a second.
        case video30 = 30

        /// Frames a second.
        public var framesPerSecond: Double {
            self == .dropFrame30 ? 30_000.0 / 1_001.0 : Double(rawValue)
        }
    }

    /// A track: its events in order of time, and where it ends.
    public struct Track: Hashable, Sendable {
        /// The events in order of tick, the end of the track not among them.
        public var events: [TimedEvent]
        /// Where the track ends, in ticks; no event comes later.
        public var endTick: Int

        /// Creates a track that ends at `endTick`, or with its last event.
        public init(events: [TimedEvent], endTick: Int? = nil) {
            self.events = events
            self.endTick = endTick ?? events.last?.tick ?? 0
        }
    }

    /// An event and when it happens.
    public struct TimedEvent: Hashable, Sendable {
        /// Ticks from the beginning of the track.
        public var tick: Int
        /// What happens.
        public var event: Event

        /// Creates an event at a tick.
        public init(tick: Int, _ event: Event) {
            self.tick = tick
            self.event = event
        }
    }

    /// How the tracks belong together.
    public var format: Format
    /// What a tick is.
    public var division: Division
    /// The tracks in the order of the file.
    public var tracks: [Track]

    /// Creates a file from its parts; `encoded()` checks them.
    public init(format: Format = .simultaneousTracks, division: Division, tracks: [Track]) {
        self.format = format
        self.division = division
        self.tracks = tracks
    }
}
