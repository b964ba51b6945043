extension TokenGrid {
    /// A note of a grid.
    public struct LaneNote: Hashable, Sendable {
        /// MIDI key number, 0...127.
        public var pitch: UInt8
        /// The lane it stands in.
        public var lane: Int
        /// The steps it sounds in, at least one.
        public var steps: Range<Int>

        /// Creates a note of a grid.
        public init(pitch: UInt8, lane: Int, steps: Range<Int>) {
            self.pitch = pitch
            self.lane = lane
            self.steps = steps
        }
    }

    /// The notes of a lane in order. A hold with nothing to hold, and a number that is no token, read as rest; in
    /// the sustain encoding equal pitches side by side are one note.
    public func notes(inLane lane: Int) -> [LaneNote] {
        var notes: [LaneNote] = []
        var soundingPitch: UInt8?
        for step in 0..<steps {
            let token = self[step, lane]
            let pitch = vocabulary.pitch(of: token)
            let isHeld =
                token == vocabulary.hold || (vocabulary.encoding == .sustain && pitch == soundingPitch)
            if isHeld, soundingPitch != nil {
                let start = notes[notes.count - 1].steps.lowerBound
                notes[notes.count - 1].steps = start..<step + 1
                continue
            }
            soundingPitch = pitch
            if let pitch { notes.append(LaneNote(pitch: pitch, lane: lane, steps: step..<step + 1)) }
        }
        return notes
    }

    /// The notes of all lanes, in order of start, then lane.
    public var notes: [LaneNote] {
        (0..<lanes).flatMap { notes(inLane: $0) }
            .sorted { ($0.steps.lowerBound, $0.lane) < ($1.steps.lowerBound, $1.lane) }
    }

    /// The pitch that sounds in each cell, nil for silence; cell (step, lane) is at `step * lanes + lane`.
    public var soundingPitches: [UInt8?] {
        var pitches = [UInt8?](repeating: nil, count: tokens.count)
        for lane in 0..<lanes {
            for note in notes(inLane: lane) {
                for step in note.steps { pitches[step * lanes + lane] = note.pitch }
            }
        }
        return pitches
    }

    /// The pitch that sounds at a step of a lane, nil for silence. Looks back to where the note starts.
    public func soundingPitch(step: Int, lane: Int) -> UInt8? {
        var start = step
        while start > 0, self[start, lane] == vocabulary.hold { start -= 1 }
        return vocabulary.pitch(of: self[start, lane])
    }

    /// Whether every cell holds a token, and every hold has a note before it in its lane.
    public var isWellFormed: Bool { self == repaired() }

    /// The grid with rest for every hold that has nothing to hold, and for every number that is no token.
    ///
    /// A model can sample such cells; all that reads a grid takes them for rests.
    public func repaired() -> TokenGrid {
        var result = self
        for lane in 0..<lanes {
            var sounds = false
            for step in 0..<steps {
                let token = self[step, lane]
                if token == vocabulary.hold {
                    if !sounds { result[step, lane] = Vocabulary.rest }
                } else {
                    sounds = vocabulary.pitch(of: token) != nil
                    if !sounds { result[step, lane] = Vocabulary.rest }
                }
            }
        }
        return result
    }
}
