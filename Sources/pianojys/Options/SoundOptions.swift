import ArgumentParser
import Audio
import PianoRoll

/// How a score becomes sound.
struct SoundOptions: ParsableArguments {
    @Option(help: "The sound font. (default: PIANOJYS_SOUNDFONT, or the system's)")
    var soundfont: String?

    @Option(help: "Volume, 0 to 10.")
    var gain = 0.5

    @Flag(help: "No reverb and no chorus.")
    var dry = false

    /// A renderer of a score.
    func renderer(_ score: Score, sampleRate: Int) throws -> Renderer {
        try Renderer(score: score, soundFont: font(), options: options(sampleRate: sampleRate))
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

    private func font() throws -> SoundFont {
        try SoundFont.locate(explicit: soundfont, environment: Console.variable("PIANOJYS_SOUNDFONT"))
    }

    private func options(sampleRate: Int) -> Renderer.Options {
        var options = Renderer.Options()
        options.sampleRate = sampleRate
        options.gain = gain
        options.reverb = !dry
        options.chorus = !dry
        return options
    }
}
