/// Notes in ticks with what is needed to play and to bar them: what a MIDI file says, without its bytes.
public struct Score: Hashable, Sendable {
    /// A change of tempo.
    public struct Tempo: Hashable, Sendable {
        /// Where it takes effect, in ticks.
        public var tick: Int
        /// Length of a quarter note in microseconds, 1...16,777,215; 500,000 is 120 quarters a minute.
        public var microsecondsPerQuarter: Int

        /// Creates a tempo from its MIDI form.
        public init(tick: Int, microsecondsPerQuarter: Int) {
            self.tick = tick
            self.microsecondsPerQuarter = microsecondsPerQuarter
        }

        /// Quarter notes a minute.
        public var quartersPerMinute: Double { 60_000_000 / Double(microsecondsPerQuarter) }
    }

    /// A change of meter; a bar begins where it takes effect.
    public struct Meter: Hashable, Sendable {
        /// Where it takes effect, in ticks.
        public var tick: Int
        /// Beats in a bar, 1...255.
        public var numerator: Int
        /// The note value of a beat: a power of two, 1...128.
        public var denominator: Int

        /// Creates a meter.
        public init(tick: Int, numerator: Int, denominator: Int) {
            self.tick = tick
            self.numerator = numerator
            self.denominator = denominator
        }
    }

    /// A change of key signature.
    public struct Key: Hashable, Sendable {
        /// Where it takes effect, in ticks.
        public var tick: Int
        /// Sharps if positive, flats if negative, -7...7.
        public var fifths: Int
        /// Whether the mode is minor.
        public var isMinor: Bool

        /// Creates a key signature.
        public init(tick: Int, fifths: Int, isMinor: Bool) {
            self.tick = tick
            self.fifths = fifths
            self.isMinor = isMinor
        }
    }

    /// What is known of a track besides its notes.
    public struct Track: Hashable, Sendable {
        /// The track's name, if it has one.
        public var name: String?
        /// General MIDI program, 0...127, if the track sets one.
        public var program: UInt8?
        /// The programs of channels whose notes play another one than `program`, by channel.
        public var channelPrograms: [UInt8: UInt8]

        /// Creates a track.
        public init(name: String? = nil, program: UInt8? = nil, channelPrograms: [UInt8: UInt8] = [:]) {
            self.name = name
            self.program = program
            self.channelPrograms = channelPrograms
        }

        /// The program that notes on a channel begin with, if one is set.
        public func program(onChannel channel: UInt8) -> UInt8? { channelPrograms[channel] ?? program }
    }

    /// Ticks in a quarter note, 1...32,767.
    public var ticksPerQuarter: Int
    /// The tracks that notes refer to.
    public var tracks: [Track]
    /// Notes in order of start tick, then track, then pitch.
    public var notes: [Note]
    /// Tempo changes in order of tick; before the first, 120 quarters a minute.
    public var tempos: [Tempo]
    /// Meter changes in order of tick; before the first, 4/4.
    public var meters: [Meter]
    /// Key signatures in order of tick.
    public var keys: [Key]
    /// Changes of controllers, pitch wheels and programs, in order of tick, then track.
    public var controls: [Control]
    /// Text events, as a rule what made the file and how.
    public var texts: [String]
    /// Where the score ends, in ticks; no note ends later.
    public var endTick: Int

    /// Creates a score.
    public init(
        ticksPerQuarter: Int, tracks: [Track], notes: [Note], tempos: [Tempo] = [], meters: [Meter] = [],
        keys: [Key] = [], controls: [Control] = [], texts: [String] = [], endTick: Int? = nil
    ) {
        self.ticksPerQuarter = ticksPerQuarter
        self.tracks = tracks
        self.notes = notes
        self.tempos = tempos
        self.meters = meters
        self.keys = keys
        self.controls = controls
        self.texts = texts
        self.endTick = max(endTick ?? 0, notes.lazy.map(\.endTick).max() ?? 0)
    }
}
