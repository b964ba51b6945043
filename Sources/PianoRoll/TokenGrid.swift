/// A piece as the diffusion sees it: `lanes x steps` cells, each with one token of a vocabulary.
public struct TokenGrid: Hashable, Sendable {
    /// How the grid lies on bars and beats.
    public struct Timing: Hashable, Sendable, Codable {
        /// Steps in a quarter note; 4 makes a step a sixteenth.
        public var stepsPerQuarter: Int
        /// Beats in a bar.
        public var meterNumerator: Int
        /// The note value of a beat: a power of two.
        public var meterDenominator: Int
        /// Where in its bar step 0 lies, in steps: 0 on the bar line, `stepsPerBar - 4` for a quarter's pickup.
        public var firstStepInBar: Int

        /// Creates a timing; 4/4 in sixteenths from the bar line unless said otherwise.
        public init(
            stepsPerQuarter: Int = 4, meterNumerator: Int = 4, meterDenominator: Int = 4,
            firstStepInBar: Int = 0
        ) {
            self.stepsPerQuarter = stepsPerQuarter
            self.meterNumerator = meterNumerator
            self.meterDenominator = meterDenominator
            self.firstStepInBar = firstStepInBar
        }

        /// Steps in a bar, rounded down where the meter is finer than the grid, at least 1.
        public var stepsPerBar: Int { max(1, stepsPerQuarter * 4 * meterNumerator / meterDenominator) }

        /// Where in its bar a step lies, 0 up to `stepsPerBar`.
        public func positionInBar(ofStep step: Int) -> Int { (firstStepInBar + step) % stepsPerBar }
    }

    /// What the tokens stand for.
    public var vocabulary: Vocabulary
    /// How many voices run side by side; lane 0 is the highest (soprano).
    public var lanes: Int
    /// How the grid lies on bars and beats.
    public var timing: Timing
    /// The cells, step by step and within a step lane by lane: cell (step, lane) is at `step * lanes + lane`.
    public var tokens: [UInt16]

    /// Creates a grid.
    ///
    /// - Precondition: `tokens.count` is a multiple of `lanes`.
    public init(vocabulary: Vocabulary, lanes: Int, timing: Timing = Timing(), tokens: [UInt16]) {
        precondition(lanes > 0 && tokens.count % lanes == 0, "\(tokens.count) cells in \(lanes) lanes")
        self.vocabulary = vocabulary
        self.lanes = lanes
        self.timing = timing
        self.tokens = tokens
    }

    /// How many steps the grid has.
    public var steps: Int { tokens.count / lanes }

    /// Steps before the first bar line.
    public var pickupSteps: Int {
        timing.firstStepInBar == 0 ? 0 : timing.stepsPerBar - timing.firstStepInBar
    }

    /// How many bars there are, a pickup not counted; a last bar that is cut short counts.
    public var barCount: Int { max(0, steps - pickupSteps + timing.stepsPerBar - 1) / timing.stepsPerBar }

    /// The token at a step of a lane.
    public subscript(step: Int, lane: Int) -> UInt16 {
        get { tokens[step * lanes + lane] }
        set { tokens[step * lanes + lane] = newValue }
    }
}
