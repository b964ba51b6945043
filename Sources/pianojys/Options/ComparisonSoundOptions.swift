import ArgumentParser

/// How the pieces of a comparison become sound files.
struct ComparisonSoundOptions: ParsableArguments {
    @Flag(name: .customLong("no-audio"), help: "No sound, and so no blind test: rolls and MIDI alone.")
    var isSilent = false

    @Flag(
        inversion: .prefixedNo,
        help:
            "One gain for all pieces, so that the loudest sample of all lies a decibel below full scale; else --gain, less where that would clip."
    )
    var normalize = true

    @Option(help: "Frames a second, 8000 to 96000.")
    var rate = 44_100

    @Option(help: "How much the .ogg files keep, 0 to 1.")
    var quality = 0.3

    /// Says which option is out of range, if one is.
    ///
    /// - Throws: `Failure.usage`.
    func check() throws {
        guard (8_000...96_000).contains(rate) else {
            throw Failure.usage("--rate \(rate) is not in 8000...96000")
        }
        guard (0...1).contains(quality) else {
            throw Failure.usage("--quality \(quality) is not in 0...1")
        }
    }

    /// The sound of the pieces, nil where none is wanted.
    ///
    /// - Throws: `AudioError` if there is no sound font.
    func sound(options: SoundOptions) throws -> ComparisonSound? {
        isSilent
            ? nil
            : try ComparisonSound(
                options: options, isNormalized: normalize, sampleRate: rate, quality: quality)
    }
}
