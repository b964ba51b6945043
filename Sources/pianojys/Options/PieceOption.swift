import ArgumentParser
import PianoRoll

/// Which piece of a file with several is meant.
struct PieceOption: ParsableArguments {
    @Option(help: "Which piece of a MIDI file of format 2, whose tracks are pieces of their own, from 1.")
    var piece: Int?

    /// How a MIDI file is read.
    ///
    /// - Throws: `Failure.usage`.
    func reading() throws -> Score.ReadingOptions {
        if let piece, piece < 1 { throw Failure.usage("--piece \(piece): pieces are counted from 1") }
        return Score.ReadingOptions(piece: piece.map { $0 - 1 })
    }
}
