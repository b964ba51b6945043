extension Score {
    /// A change of how a channel sounds, besides its notes.
    public struct Control: Hashable, Sendable {
        /// What is changed.
        public enum Change: Hashable, Sendable {
            /// A controller of MIDI and its value, both 0...127: 7 is volume, 10 pan, 11 expression, 64 the pedal.
            case controller(number: UInt8, value: UInt8)
            /// The pitch wheel, 0...16,383; 8,192 is the middle.
            case pitchBend(UInt16)
            /// Another General MIDI program than the one the channel begins with, 0...127.
            case program(UInt8)
        }

        /// When it is changed, in ticks.
        public var tick: Int
        /// Index of the track that says so; see `Score.tracks`.
        public var track: Int
        /// MIDI channel, 0...15. Of a channel on which the track has no notes all tracks' notes are meant.
        public var channel: UInt8
        /// What is changed.
        public var change: Change

        /// Creates a change.
        public init(tick: Int, track: Int = 0, channel: UInt8 = 0, _ change: Change) {
            self.tick = tick
            self.track = track
            self.channel = channel
            self.change = change
        }

        /// Whether a foot does it: sustain (64), sostenuto (66) or soft pedal (67).
        public var isPedal: Bool {
            guard case .controller(let number, _) = change else { return false }
            return number == 64 || number == 66 || number == 67
        }

        /// Whether a MIDI file can say it.
        var isWritable: Bool {
            guard tick >= 0, channel < 16 else { return false }
            switch change {
            case .controller(let number, let value): return number < 128 && value < 128
            case .pitchBend(let value): return value < 0x4000
            case .program(let program): return program < 128
            }
        }
    }
}

extension Score {
    /// Lets the notes of a track on a channel play a program from beginning to end.
    public mutating func setProgram(_ program: UInt8, track: Int, channel: UInt8) {
        let isAlone = notes.allSatisfy { $0.track != track || $0.channel == channel }
        if isAlone {
            tracks[track].program = program
            tracks[track].channelPrograms = [:]
        } else {
            tracks[track].channelPrograms[channel] = program
        }
        controls.removeAll { control in
            guard case .program = control.change else { return false }
            return control.channel == channel
        }
    }
}
