/// What a piece has besides the tokens of its grid, kept beside them so that MIDI can be made of them again.
public struct Performance: Hashable, Sendable, Codable {
    /// A change of tempo.
    public struct Tempo: Hashable, Sendable, Codable {
        /// The step nearest to where it takes effect.
        public var step: Int
        /// Length of a quarter note in microseconds, 1...16,777,215.
        public var microsecondsPerQuarter: Int

        /// Creates a change of tempo.
        public init(step: Int, microsecondsPerQuarter: Int) {
            self.step = step
            self.microsecondsPerQuarter = microsecondsPerQuarter
        }
    }

    /// A change of key signature.
    public struct Key: Hashable, Sendable, Codable {
        /// The step nearest to where it takes effect.
        public var step: Int
        /// Sharps if positive, flats if negative, -7...7.
        public var fifths: Int
        /// Whether the mode is minor.
        public var isMinor: Bool

        /// Creates a key signature.
        public init(step: Int, fifths: Int, isMinor: Bool) {
            self.step = step
            self.fifths = fifths
            self.isMinor = isMinor
        }
    }

    /// What a lane plays on.
    public struct Voice: Hashable, Sendable, Codable {
        /// The name of the track that most of its notes came from.
        public var name: String?
        /// The General MIDI program of that track, 0...127.
        public var program: UInt8?

        /// Creates a voice.
        public init(name: String? = nil, program: UInt8? = nil) {
            self.name = name
            self.program = program
        }
    }

    /// Tempo changes in order of step.
    public var tempos: [Tempo]
    /// Key signatures in order of step.
    public var keys: [Key]
    /// A voice for each lane.
    public var voices: [Voice]
    /// For each lane the velocities of its notes, 1...127, in order.
    public var velocities: [[UInt8]]

    /// Creates a performance.
    public init(tempos: [Tempo] = [], keys: [Key] = [], voices: [Voice], velocities: [[UInt8]]) {
        self.tempos = tempos
        self.keys = keys
        self.voices = voices
        self.velocities = velocities
    }

    /// What does not fit a grid, nil if all does.
    func fault(for grid: TokenGrid) -> String? {
        guard voices.count == grid.lanes, velocities.count == grid.lanes else {
            return "\(voices.count) voices and \(velocities.count) rows of velocities for \(grid.lanes) lanes"
        }
        for (lane, row) in velocities.enumerated() {
            let count = grid.notes(inLane: lane).count
            guard row.count == count else {
                return "\(row.count) velocities for the \(count) notes of lane \(lane)"
            }
            guard row.allSatisfy({ (1...127).contains($0) }) else {
                return "a velocity of lane \(lane) is not 1...127"
            }
        }
        if voices.contains(where: { $0.program.map { $0 > 127 } ?? false }) {
            return "a program is not 0...127"
        }
        func isInOrder(_ steps: [Int]) -> Bool {
            zip([-1] + steps, steps).allSatisfy(<) && (steps.last ?? 0) <= grid.steps
        }
        guard isInOrder(tempos.map(\.step)),
            tempos.allSatisfy({ (1...0xFF_FFFF).contains($0.microsecondsPerQuarter) })
        else { return "the tempos are out of order or out of range" }
        guard isInOrder(keys.map(\.step)), keys.allSatisfy({ (-7...7).contains($0.fifths) }) else {
            return "the key signatures are out of order or out of range"
        }
        return nil
    }
}

extension GridDocument {
    /// Makes a score of the grid, with tempos, keys, names, programs and velocities where the document has them.
    ///
    /// - Parameter options: As for the grid alone. Of the voices, names and programs that are given count more than those
    ///   of the document; its tempos count unless `quartersPerMinute` is given.
    /// - Throws: `ScoreError` if an option or the grid's timing has no place in a score.
    public func decoded(
        _ options: TokenGrid.DecodingOptions = .init(), quartersPerMinute: Double? = nil
    ) throws(ScoreError) -> Score {
        var options = options
        if let quartersPerMinute { options.quartersPerMinute = quartersPerMinute }
        guard let performance else { return try grid.decoded(options) }
        let standard = TokenGrid.standardVoices(lanes: grid.lanes)
        options.voices = performance.voices.indices.map { lane in
            var voice = lane < options.voices.count ? options.voices[lane] : standard[lane]
            let own = performance.voices[lane]
            if voice.name == nil || voice.name == standard[lane].name { voice.name = own.name ?? voice.name }
            voice.program = voice.program ?? own.program
            return voice
        }
        var score = try grid.decoded(options)
        let ticksPerStep = score.ticksPerQuarter / grid.timing.stepsPerQuarter
        if quartersPerMinute == nil, !performance.tempos.isEmpty {
            score.tempos = performance.tempos.map {
                .init(tick: $0.step * ticksPerStep, microsecondsPerQuarter: $0.microsecondsPerQuarter)
            }
        }
        if !performance.keys.isEmpty {
            score.keys = performance.keys.map {
                .init(tick: $0.step * ticksPerStep, fifths: $0.fifths, isMinor: $0.isMinor)
            }
        }
        var next = Array(repeating: 0, count: grid.lanes)
        for index in score.notes.indices {
            let lane = score.notes[index].track
            score.notes[index].velocity = performance.velocities[lane][next[lane]]
            next[lane] += 1
        }
        return score
    }
}
