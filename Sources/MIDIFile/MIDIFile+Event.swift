extension MIDIFile {
    /// What can happen in a track.
    public enum Event: Hashable, Sendable {
        /// A message to one of the channels 0...15; channel 9 carries drums in General MIDI.
        case channel(UInt8, ChannelMessage)
        /// Something about the music that is not sent to an instrument.
        case meta(MetaEvent)
        /// A system exclusive message: the bytes after F0, the closing F7 among them where the file has it.
        case systemExclusive([UInt8])
        /// Bytes to be sent as they are (F7): the later parts of a long system exclusive message, as a rule.
        case escape([UInt8])
    }

    /// A message to a channel. Every number is 0...127 unless it says otherwise.
    public enum ChannelMessage: Hashable, Sendable {
        /// A key is let go.
        case noteOff(key: UInt8, velocity: UInt8)
        /// A key is pressed; with velocity 0 it is let go.
        case noteOn(key: UInt8, velocity: UInt8)
        /// The pressure on one key.
        case keyPressure(key: UInt8, pressure: UInt8)
        /// A controller is set.
        case controlChange(controller: UInt8, value: UInt8)
        /// The instrument is chosen.
        case programChange(UInt8)
        /// The pressure on the whole channel.
        case channelPressure(UInt8)
        /// The pitch wheel, 0...16,383; 8,192 is the middle.
        case pitchBend(UInt16)
    }

    /// An event about the music, sent to no instrument.
    public enum MetaEvent: Hashable, Sendable {
        /// The number of the sequence (type 00).
        case sequenceNumber(UInt16)
        /// Text of some kind (types 01 to 0F), in the bytes of the file, whose encoding is not told.
        case text(TextKind, [UInt8])
        /// The channel that the next meta events speak of (type 20).
        case channelPrefix(UInt8)
        /// The MIDI port of the track (type 21).
        case port(UInt8)
        /// The length of a quarter note in microseconds, 0...16,777,215 (type 51).
        case tempo(microsecondsPerQuarter: Int)
        /// Where the track starts in SMPTE time (type 54).
        case timecodeOffset(hours: UInt8, minutes: UInt8, seconds: UInt8, frames: UInt8, fraction: UInt8)
        /// The meter (type 58): the denominator is 2 to the `denominatorPower`.
        case meter(
            numerator: UInt8, denominatorPower: UInt8, clocksPerClick: UInt8, thirtySecondsPerQuarter: UInt8)
        /// The key signature (type 59): sharps if positive, flats if negative.
        case key(fifths: Int8, isMinor: Bool)
        /// Bytes that one maker's programs understand (type 7F).
        case sequencerSpecific([UInt8])
        /// Any other type, or a known type with a length it should not have.
        case other(type: UInt8, [UInt8])
    }

    /// What a text is for.
    public enum TextKind: UInt8, Hashable, Sendable, CaseIterable {
        /// Any text.
        case text = 1
        /// Whose rights the piece is under.
        case copyright
        /// The name of the track, or, in a first track, of the piece.
        case trackName
        /// The instrument of the track.
        case instrument
        /// A syllable that is sung.
        case lyric
        /// A place such as "Verse 1".
        case marker
        /// Something that happens on stage or screen.
        case cue
        /// The name of the program (RP-019).
        case programName
        /// The name of the device (RP-019).
        case deviceName
        /// Reserved for text.
        case reservedA
        /// Reserved for text.
        case reservedB
        /// Reserved for text.
        case reservedC
        /// Reserved for text.
        case reservedD
        /// Reserved for text.
        case reservedE
        /// Reserved for text.
        case reservedF
    }
}
