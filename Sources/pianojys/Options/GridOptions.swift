import ArgumentParser
import PianoRoll

/// How a MIDI file is laid on a grid.
struct GridOptions: ParsableArguments {
    @Option(
        help:
            "Voices of the grid, 1 to 64. (default: as many as the piece has; of a corpus as its manifest says, or 1)"
    )
    var lanes: Int?

    @Option(help: "What a cell holds. (default: onset)")
    var encoding: Vocabulary.Encoding?

    @Option(
        help: "Steps in a quarter note: 4 makes a step a sixteenth, 12 holds triplets too. (default: 4)")
    var stepsPerQuarter: Int?

    @Option(help: "How notes are told apart into voices. (default: automatic)")
    var voices: Score.VoiceAssignment?

    @Option(help: "Leading silence: pad keeps it as rests, shift cuts it. (default: pad)")
    var align: Score.Alignment?

    @Flag(help: "Take in notes on the drum channel.")
    var drums = false

    /// The options as the library takes them.
    func options() throws -> Score.EncodingOptions {
        if let lanes, !(1...64).contains(lanes) { throw Failure.usage("--lanes \(lanes) is not in 1...64") }
        let stepsPerQuarter = stepsPerQuarter ?? 4
        guard (1...960).contains(stepsPerQuarter) else {
            throw Failure.usage("--steps-per-quarter \(stepsPerQuarter) is not in 1...960")
        }
        return Score.EncodingOptions(
            vocabulary: Vocabulary(encoding: encoding ?? .onset), lanes: lanes,
            stepsPerQuarter: stepsPerQuarter,
            voices: voices ?? .automatic, alignment: align ?? .pad, includesDrums: drums)
    }

    /// The options that were given, by name.
    var given: [String] {
        let options: [(String, Bool)] = [
            ("--lanes", lanes != nil), ("--encoding", encoding != nil),
            ("--steps-per-quarter", stepsPerQuarter != nil), ("--voices", voices != nil),
            ("--align", align != nil), ("--drums", drums),
        ]
        return options.filter(\.1).map(\.0)
    }
}
