/// A note of a score, before quantisation: a pitch that sounds from one tick to another.
public struct Note: Hashable, Sendable {
    /// MIDI key number, 0...127; 60 is middle C.
    public var pitch: UInt8
    /// Loudness, 1...127.
    public var velocity: UInt8
    /// MIDI channel, 0...15; 9 carries drums in General MIDI.
    public var channel: UInt8
    /// Index of the track it was read from, or is written to; see `Score.tracks`.
    public var track: Int
    /// Where it starts, in ticks from the beginning of the score.
    public var startTick: Int
    /// Where it ends, in ticks; always after `startTick`.
    public var endTick: Int

    /// Creates a note.
    ///
    /// - Precondition: `pitch` and `velocity` are below 128, `channel` below 16, and
    ///   `0 <= startTick < endTick`.
    public init(
        pitch: UInt8, velocity: UInt8 = 80, channel: UInt8 = 0, track: Int = 0, startTick: Int, endTick: Int
    ) {
        precondition(pitch < 128, "pitch \(pitch) is not in 0...127")
        precondition((1..<128).contains(velocity), "velocity \(velocity) is not in 1...127")
        precondition(channel < 16, "channel \(channel) is not in 0...15")
        precondition(0 <= startTick && startTick < endTick, "note from tick \(startTick) to \(endTick)")
        self.pitch = pitch
        self.velocity = velocity
        self.channel = channel
        self.track = track
        self.startTick = startTick
        self.endTick = endTick
    }
}
