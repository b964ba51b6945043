import ArgumentParser
import PianoRoll

/// How a MIDI file is laid on a grid.
struct GridOptions: ParsableArguments {
    @Option(
        help:
            "Voices of the grid, 1 to 64. (default: as many as the piece has; of a corpus as its manifest says, or 1)"
    )
    var lanes: Int?

    @Option(help: "What a cell holds: onset or sustain.")
    var encoding: Vocabulary.Encoding = .onset

    @Option(help: "Steps in a quarter note; 4 makes a step a sixteenth.")
    var stepsPerQuarter = 4

    @Option(help: "How notes are told apart into voices: automatic, trackOrder, trackPitch or proximity.")
    var voices: Score.VoiceAssignment = .automatic

    @Option(help: "Leading silence: pad keeps it as rests, shift cuts it.")
    var align: Score.Alignment = .pad

    @Flag(help: "Take in notes on the drum channel.")
    var drums = false

    /// The options as the library takes them.
    func options() throws -> Score.EncodingOptions {
        if let lanes, !(1...64).contains(lanes) { throw Failure.usage("--lanes \(lanes) is not in 1...64") }
        guard (1...960).contains(stepsPerQuarter) else {
            throw Failure.usage("--steps-per-quarter \(stepsPerQuarter) is not in 1...960")
        }
        return Score.EncodingOptions(
            vocabulary: Vocabulary(encoding: encoding), lanes: lanes, stepsPerQuarter: stepsPerQuarter,
            voices: voices, alignment: align, includesDrums: drums)
    }
}
