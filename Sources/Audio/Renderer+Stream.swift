import PianoRoll

extension Renderer {
    /// A stretch of a stream of notes: what lanes play in so many steps.
    public struct Stretch: Hashable, Sendable {
        /// How many steps it lasts, at least one.
        public var steps: Int
        /// Keys pressed and released in it, in order of step.
        public var events: [KeyEvent]

        /// Creates a stretch.
        public init(steps: Int, events: [KeyEvent]) {
            self.steps = steps
            self.events = events
        }
    }

    /// Prepares a stream of notes, each lane an instrument of its own.
    ///
    /// The next stretch is asked for when the last one has been rendered, no sooner; after the end all keys are released. Of what
    /// has been rendered nothing is kept.
    ///
    /// - Parameters:
    ///   - programs: The General MIDI program of each lane; nil is a piano.
    ///   - secondsPerStep: How long a step lasts, above 0.
    ///   - velocity: Loudness of the notes, 1...127.
    ///   - soundFont: The instruments.
    ///   - options: Sample rate, gain and effects.
    ///   - next: Yields the next stretch, nil at the end. Called on the thread that reads.
    /// - Throws: `settingOutOfRange`, `soundFontUnusable`, `synthesizerFailed`.
    public convenience init(
        programs: [UInt8?], secondsPerStep: Double, velocity: UInt8 = 80, soundFont: SoundFont,
        options: Options = Options(), next: @escaping () -> Stretch?
    ) throws(AudioError) {
        precondition(secondsPerStep > 0, "steps of \(secondsPerStep) s")
        try options.check()
        let grainsPerStep = secondsPerStep * Double(options.sampleRate) / Double(Timeline.grain)
        // From the beginning of the stream, so that rounding does not add up.
        func frame(_ step: Int) -> Int { Int((Double(step) * grainsPerStep).rounded()) * Timeline.grain }
        var first = 0
        try self.init(
            Timeline(events: [], endFrame: 0),
            parts: programs.enumerated().map { lane, program in
                Timeline.Part(
                    channel: Timeline.melodicChannel(lane), program: Int32(program ?? 0), isDrums: false)
            },
            stream: {
                guard let stretch = next() else { return nil }
                precondition(stretch.steps > 0, "a stretch of \(stretch.steps) steps")
                defer { first += stretch.steps }
                return Timeline(
                    events: stretch.events.map { event in
                        Timeline.Event(
                            frame: frame(first + event.step), channel: Timeline.melodicChannel(event.lane),
                            action: event.isPressed
                                ? .press(key: Int32(event.pitch), velocity: Int32(velocity))
                                : .release(key: Int32(event.pitch)))
                    },
                    endFrame: frame(first + stretch.steps))
            }, soundFont: soundFont, options: options)
    }
}
