extension TokenGrid {
    /// What a score made from a grid says besides the notes.
    public struct DecodingOptions: Hashable, Sendable {
        /// What a lane's track says.
        public struct Voice: Hashable, Sendable {
            /// The track's name.
            public var name: String?
            /// General MIDI program, 0...127; nil leaves the player's default, a piano as a rule.
            public var program: UInt8?
            /// Loudness of its notes, 1...127.
            public var velocity: UInt8

            /// Creates a voice.
            public init(name: String? = nil, program: UInt8? = nil, velocity: UInt8 = 80) {
                self.name = name
                self.program = program
                self.velocity = velocity
            }
        }

        /// Quarter notes a minute, such that a quarter has 1...16,777,215 microseconds.
        public var quartersPerMinute: Double
        /// The key signature, if one is to be written.
        public var key: Score.Key?
        /// A voice for each lane from the first; lanes beyond them get `TokenGrid.standardVoices(lanes:)`.
        public var voices: [Voice]
        /// Texts to store, as a rule what made the piece and how.
        public var texts: [String]
        /// Ticks in a quarter note at least; the next multiple of the grid's steps is taken.
        public var ticksPerQuarter: Int

        /// Creates options.
        public init(
            quartersPerMinute: Double = 120, key: Score.Key? = nil, voices: [Voice] = [],
            texts: [String] = [],
            ticksPerQuarter: Int = 480
        ) {
            self.quartersPerMinute = quartersPerMinute
            self.key = key
            self.voices = voices
            self.texts = texts
            self.ticksPerQuarter = ticksPerQuarter
        }
    }

    /// The voices of a grid that says nothing of them: soprano, alto, tenor and bass where there are four lanes.
    public static func standardVoices(lanes: Int) -> [DecodingOptions.Voice] {
        switch lanes {
        case 1: [DecodingOptions.Voice(name: "Melody")]
        case 4: ["Soprano", "Alto", "Tenor", "Bass"].map { DecodingOptions.Voice(name: $0) }
        default: (0..<max(0, lanes)).map { DecodingOptions.Voice(name: "Voice \($0 + 1)") }
        }
    }

    /// Makes a score of the grid: a track a lane, in the order of the lanes.
    ///
    /// Cells are read by the rule of `repaired()`, so that any grid has a score. The score says in a text how many
    /// lanes there were: by that `Score.encoded(_:)` knows that the tracks are lanes, silent or crossing ones too,
    /// and the grid comes back as it was (in the sustain encoding and the onset encoding alike, if it needed
    /// no repair). A pickup becomes a short first bar, or, where no meter fits, a first bar cut short by a second
    /// sign of the same meter.
    ///
    /// - Throws: `ScoreError` if an option or the grid's timing has no place in a score.
    public func decoded(_ options: DecodingOptions = DecodingOptions()) throws(ScoreError) -> Score {
        try timing.validate()
        guard (1...64).contains(lanes) else { throw .lanes(lanes) }
        let ticksPerStep = try ticksPerStep(options)
        let ticksPerQuarter = ticksPerStep * timing.stepsPerQuarter

        let microseconds = (60_000_000 / options.quartersPerMinute).rounded()
        guard microseconds >= 1, microseconds <= 0xFF_FFFF else {
            throw .tempo(microsecondsPerQuarter: Int(exactly: microseconds) ?? 0, tick: 0)
        }
        let standard = Self.standardVoices(lanes: lanes)
        let voices = (0..<lanes).map { $0 < options.voices.count ? options.voices[$0] : standard[$0] }
        var notes: [Note] = []
        for lane in 0..<lanes {
            for note in self.notes(inLane: lane) {
                notes.append(
                    Note(
                        pitch: note.pitch, velocity: max(1, min(voices[lane].velocity, 127)),
                        channel: Self.channel(ofLane: lane), track: lane,
                        startTick: note.steps.lowerBound * ticksPerStep,
                        endTick: note.steps.upperBound * ticksPerStep))
            }
        }
        notes.sort(by: Note.scoreOrder)
        return Score(
            ticksPerQuarter: ticksPerQuarter,
            tracks: voices.map { Score.Track(name: $0.name, program: $0.program) }, notes: notes,
            tempos: [Score.Tempo(tick: 0, microsecondsPerQuarter: Int(microseconds))],
            meters: meters(ticksPerStep: ticksPerStep), keys: options.key.map { [$0] } ?? [],
            texts: [Self.laneMark(lanes: lanes)] + options.texts, endTick: steps * ticksPerStep)
    }

    private func ticksPerStep(_ options: DecodingOptions) throws(ScoreError) -> Int {
        guard (1...0x7FFF).contains(options.ticksPerQuarter) else {
            throw .ticksPerQuarter(options.ticksPerQuarter)
        }
        let stepsPerQuarter = timing.stepsPerQuarter
        let rounded = (options.ticksPerQuarter + stepsPerQuarter - 1) / stepsPerQuarter
        return min(rounded, 0x7FFF / stepsPerQuarter)
    }

    /// The channel of a lane's notes: the lanes in turn, without that of the drums.
    private static func channel(ofLane lane: Int) -> UInt8 {
        let channel = lane % 15
        return UInt8(channel < 9 ? channel : channel + 1)
    }

    /// The grid's meter, after a short bar if it begins with a pickup.
    private func meters(ticksPerStep: Int) -> [Score.Meter] {
        let main = Score.Meter(
            tick: 0, numerator: timing.meterNumerator, denominator: timing.meterDenominator)
        guard timing.firstStepInBar > 0 else { return [main] }
        let pickup = timing.stepsPerBar - timing.firstStepInBar
        var first = main
        // A pickup of p steps is p / (4 stepsPerQuarter) of a whole note.
        var denominator = timing.meterDenominator
        while denominator <= 128 {
            let (numerator, rest) = (pickup * denominator).quotientAndRemainder(
                dividingBy: 4 * timing.stepsPerQuarter)
            if rest == 0, (1...255).contains(numerator) {
                first = Score.Meter(tick: 0, numerator: numerator, denominator: denominator)
                break
            }
            denominator *= 2
        }
        var second = main
        second.tick = pickup * ticksPerStep
        return [first, second]
    }
}

extension TokenGrid {
    private static let laneMarkStart = "pianojys piano roll: lanes="

    /// The text by which a score tells that its tracks are the lanes of a grid.
    static func laneMark(lanes: Int) -> String { laneMarkStart + String(lanes) }

    /// The number of lanes a score tells of, if it has as many tracks.
    static func laneCount(markedIn score: Score) -> Int? {
        guard let mark = score.texts.first(where: { $0.hasPrefix(laneMarkStart) }),
            let lanes = Int(mark.dropFirst(laneMarkStart.count)), lanes == score.tracks.count,
            (1...64).contains(lanes)
        else { return nil }
        return lanes
    }
}

extension TokenGrid.Timing {
    /// Checks that a score can tell the timing.
    func validate() throws(ScoreError) {
        guard (1...960).contains(stepsPerQuarter) else { throw .stepsPerQuarter(stepsPerQuarter) }
        let meter = Score.Meter(tick: 0, numerator: meterNumerator, denominator: meterDenominator)
        guard meter.isWritable else {
            throw .meter(numerator: meterNumerator, denominator: meterDenominator, tick: 0)
        }
        guard (0..<stepsPerBar).contains(firstStepInBar) else {
            throw .firstStepInBar(firstStepInBar, stepsPerBar: stepsPerBar)
        }
    }
}
