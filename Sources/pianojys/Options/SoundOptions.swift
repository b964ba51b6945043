import ArgumentParser
import Audio
import PianoRoll

/// How a score becomes sound.
struct SoundOptions: ParsableArguments {
    @Option(help: "The sound font. (default: PIANOJYS_SOUNDFONT, or the system's)")
    var soundfont: String?

    @Option(help: "Volume, 0 to 10.")
    var gain = 0.5

    @Flag(help: "No reverb.")
    var noReverb = false

    @Flag(help: "No chorus.")
    var noChorus = false

    @Flag(help: "No reverb and no chorus.")
    var dry = false

    @Option(help: "Seconds that sound may last after the end, 0 to 60.")
    var tail = 5.0

    @Flag(help: "Shape time and loudness a little, as a player might.")
    var humanize = false

    @Option(help: "The seed of what is random in that.")
    var humanizeSeed: UInt64 = 1

    /// A renderer of a score.
    func renderer(_ score: Score, sampleRate: Int) throws -> Renderer {
        let played = humanize ? score.humanized(seed: humanizeSeed) : score
        return try Renderer(score: played, soundFont: font(), options: options(sampleRate: sampleRate))
    }

    /// A renderer of a stream of notes.
    func renderer(
        programs: [UInt8?], secondsPerStep: Double, sampleRate: Int,
        next: @escaping () -> Renderer.Stretch?
    ) throws -> Renderer {
        try Renderer(
            programs: programs, secondsPerStep: secondsPerStep, soundFont: font(),
            options: options(sampleRate: sampleRate), next: next)
    }

    /// What to say of sound made with these options where it was clipped; nil where it was not.
    ///
    /// - Parameter normalizes: Whether there is an option that would have scaled it.
    func clippingNote(_ level: Level, normalizes: Bool = false) -> String? {
        guard level.clippedCount > 0 else { return nil }
        let samples = level.clippedCount == 1 ? "1 sample is" : "\(level.clippedCount) samples are"
        return "\(samples) clipped: try --gain \(level.unclippedGain(insteadOf: gain))"
            + (normalizes ? " or --normalize" : "")
    }

    private func font() throws -> SoundFont {
        try SoundFont.locate(explicit: soundfont, environment: Console.variable("PIANOJYS_SOUNDFONT"))
    }

    private func options(sampleRate: Int) -> Renderer.Options {
        var options = Renderer.Options()
        options.sampleRate = sampleRate
        options.gain = gain
        options.reverb = !dry && !noReverb
        options.chorus = !dry && !noChorus
        options.maximumTail = tail
        return options
    }
}
