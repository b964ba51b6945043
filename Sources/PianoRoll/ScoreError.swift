/// Why a score cannot be read, written or laid on a grid.
public enum ScoreError: Error, Hashable, Sendable, CustomStringConvertible {
    /// A file of format 2 holds several pieces and none was chosen.
    case severalPieces(Int)
    /// The chosen piece of a file of format 2 is not there.
    case noSuchPiece(Int, count: Int)
    /// An event of a file comes before the one ahead of it, or after its track's end.
    case order(track: Int, tick: Int)
    /// The score is longer than is allowed, both in quarter notes.
    case tooLong(quarters: Int, limit: Int)
    /// The grid would have more cells than is allowed.
    case tooManyCells(steps: Int, lanes: Int, limit: Int)
    /// The ticks in a quarter are not 1...32,767.
    case ticksPerQuarter(Int)
    /// The steps in a quarter are not 1...960.
    case stepsPerQuarter(Int)
    /// The number of lanes is not 1...64.
    case lanes(Int)
    /// A note stands on a track that the score has not got, or before tick 0, or does not end after its start.
    case note(Note)
    /// A tempo cannot be written: not 1...16,777,215 microseconds a quarter, or before tick 0.
    case tempo(microsecondsPerQuarter: Int, tick: Int)
    /// A meter cannot be written: beats not 1...255, beat value no power of two in 1...128, or before tick 0.
    case meter(numerator: Int, denominator: Int, tick: Int)
    /// A key signature has more than seven sharps or flats, or stands before tick 0.
    case key(fifths: Int, tick: Int)
    /// A change of a controller stands on a track that the score has not got, or outside its time, or is out of range.
    case control(Score.Control)
    /// Where in its bar a grid begins is not within the bar.
    case firstStepInBar(Int, stepsPerBar: Int)

    /// One line that says what is wrong and what to do.
    public var description: String {
        switch self {
        case .severalPieces(let count):
            "the MIDI file is of format 2 and holds \(count) pieces; choose one with --piece 1 to \(count)"
        case .noSuchPiece(let piece, let count):
            "there is no piece \(piece + 1) in the MIDI file; it holds \(count)"
        case .order(let track, let tick):
            "track \(track) of the MIDI file: the events are not in order at tick \(tick)"
        case .tooLong(let quarters, let limit):
            "the piece lasts \(quarters) quarter notes; the limit is \(limit): cut it into parts"
        case .tooManyCells(let steps, let lanes, let limit):
            "a grid of \(steps) steps and \(lanes) lanes is too large; the limit is \(limit) cells"
        case .ticksPerQuarter(let ticks):
            "\(ticks) ticks a quarter note; it must be 1...32767"
        case .stepsPerQuarter(let steps):
            "\(steps) steps a quarter note; it must be 1...960"
        case .lanes(let lanes):
            "\(lanes) lanes; it must be 1...64"
        case .note(let note):
            "a note has no place in the score: pitch \(note.pitch), track \(note.track), "
                + "ticks \(note.startTick) to \(note.endTick)"
        case .tempo(let microseconds, let tick):
            "a tempo of \(microseconds) microseconds a quarter at tick \(tick); it must be 1...16777215"
        case .meter(let numerator, let denominator, let tick):
            "a meter of \(numerator)/\(denominator) at tick \(tick); it must be 1...255 over 1, 2, 4 ... 128"
        case .key(let fifths, let tick):
            "a key signature of \(fifths) fifths at tick \(tick); it must be -7...7"
        case .control(let control):
            "a change has no place in the score: \(control.change), track \(control.track), tick \(control.tick)"
        case .firstStepInBar(let step, let stepsPerBar):
            "the grid begins at step \(step) of a bar of \(stepsPerBar) steps; it must be 0...\(stepsPerBar - 1)"
        }
    }
}
