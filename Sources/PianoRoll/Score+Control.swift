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

        /// Whether it presses a pedal.
        var isPedalPress: Bool {
            guard isPedal, case .controller(_, let value) = change else { return false }
            return value >= 64
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

/// A pedal of a track's channel at a tick.
private struct PedalPlace: Hashable {
    var tick, track: Int
    var channel, number: UInt8
}

extension [Score.Control] {
    /// Of controls in order, whether each comes after the releases of keys at its tick: pedals are pressed then, and hold what sounds from
    /// there on, unless they are lifted again at the same tick; and so does what its track says after that.
    public var areAfterReleases: [Bool] {
        var seen: Set<PedalPlace> = []
        var result = map(\.isPedalPress)
        for index in indices.reversed() {
            guard self[index].isPedal, case .controller(let number, _) = self[index].change else { continue }
            let control = self[index]
            let pedal = PedalPlace(
                tick: control.tick, track: control.track, channel: control.channel, number: number)
            if !seen.insert(pedal).inserted { result[index] = false }
        }
        for (before, index) in zip(indices, indices.dropFirst()) where result[before] {
            let (first, second) = (self[before], self[index])
            if first.tick == second.tick && first.track == second.track { result[index] = true }
        }
        return result
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
            return control.track == track && control.channel == channel
        }
    }
}
