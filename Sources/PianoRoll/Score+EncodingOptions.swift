extension Score {
    /// How notes are told apart into the lanes of a grid.
    public enum VoiceAssignment: String, Hashable, Sendable, CaseIterable, Codable {
        /// In the order of the tracks if the score comes from a grid; else by track and pitch if the voices fit
        /// the lanes and are not chordal; else by proximity.
        case automatic
        /// A lane for each track that has notes, in the order of the tracks. Where there are as many tracks as
        /// lanes, silent tracks keep their lanes.
        case trackOrder
        /// A lane for each track (and channel) that has notes, the highest mean pitch first.
        case trackPitch
        /// Tracks are of no account: each note goes to the lane whose last note is nearest in pitch, and lanes
        /// do not cross where it can be helped.
        case proximity
    }

    /// Where the grid begins.
    public enum Alignment: String, Hashable, Sendable, CaseIterable, Codable {
        /// At tick 0: leading silence becomes rests.
        case pad
        /// At the step of the first note: leading silence is cut, and the place in the bar kept.
        case shift
    }

    /// How to lay a score on a grid.
    public struct EncodingOptions: Hashable, Sendable {
        /// What the tokens are to stand for; notes out of its range are left out and reported.
        public var vocabulary: Vocabulary
        /// How many lanes, 1...64; nil for as many as the score has voices.
        public var lanes: Int?
        /// Steps in a quarter note, 1...960; 4 makes a step a sixteenth.
        public var stepsPerQuarter: Int
        /// How notes are told apart into lanes.
        public var voices: VoiceAssignment
        /// Where the grid begins.
        public var alignment: Alignment
        /// Whether the grid ends with the last note, rather than with the score's last track.
        public var trimsEnd: Bool
        /// Steps before the first bar line at tick 0, where that is known better than the file says it.
        public var pickupSteps: Int?
        /// Whether notes on channel 9, the drums of General MIDI, are taken in too.
        public var includesDrums: Bool

        /// Creates options.
        public init(
            vocabulary: Vocabulary, lanes: Int? = nil, stepsPerQuarter: Int = 4,
            voices: VoiceAssignment = .automatic, alignment: Alignment = .pad, trimsEnd: Bool = false,
            pickupSteps: Int? = nil, includesDrums: Bool = false
        ) {
            self.vocabulary = vocabulary
            self.lanes = lanes
            self.stepsPerQuarter = stepsPerQuarter
            self.voices = voices
            self.alignment = alignment
            self.trimsEnd = trimsEnd
            self.pickupSteps = pickupSteps
            self.includesDrums = includesDrums
        }
    }
}
