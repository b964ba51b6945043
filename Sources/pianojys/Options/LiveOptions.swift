import ArgumentParser
import Composition
import PianoRoll

/// How `play --live` composes and plays.
struct LiveOptions: ParsableArguments {
    @Flag(help: "Compose while playing, without end, each phrase from the bars before it.")
    var live = false

    @Option(help: "How many bars to be ahead of what is heard, 1 to 1000. (default: 8)")
    var ahead: Int?

    @Option(help: "Compose so many bars and end; bars that had to be repeated come besides. (default: never)")
    var bars: Int?

    @Option(
        help:
            "Bars of each piece: it is told its beginning and its end, and the next follows. 0 for one piece that never ends. (default: 16)"
    )
    var pieceBars: Int?

    @Option(help: "Quarter notes a minute. (default: 90, or as the melody begins)")
    var tempo: Double?

    @Option(
        help:
            "The key, such as G, Bb or F#m: the opening is moved into it, and of four draws of each phrase the one that fits it best is taken. The music may still modulate."
    )
    var key: String?

    @Option(
        help:
            "Notes a bar, over all voices: of four draws of each phrase the nearest is taken, which moves the density only as far as draws differ."
    )
    var density: Double?

    @Option(
        help:
            "The highest voice is that of this MIDI file or grid, over and over; the others are composed to it, each time anew."
    )
    var melody: String?

    @Option(
        help: "Write what was played to this file at the end, also after Ctrl-C: .mid, .svg or .json.")
    var record: String?

    /// Bars of each piece; nil for one that never ends.
    var barsOfPieces: Int? { pieceBars == 0 ? nil : pieceBars ?? 16 }

    /// How many bars to be ahead.
    var barsAhead: Int { ahead ?? 8 }

    /// The options besides --live that were given, by name.
    var given: [String] {
        let options: [(String, Bool)] = [
            ("--ahead", ahead != nil), ("--bars", bars != nil), ("--piece-bars", pieceBars != nil),
            ("--tempo", tempo != nil), ("--key", key != nil), ("--density", density != nil),
            ("--melody", melody != nil), ("--record", record != nil),
        ]
        return options.filter(\.1).map(\.0)
    }

    /// Checks the numbers, and what goes together.
    ///
    /// - Throws: `Failure.usage`.
    func check() throws {
        if let ahead, !(1...1_000).contains(ahead) {
            throw Failure.usage("--ahead \(ahead) is not in 1...1000")
        }
        if let bars, !(1...1_000_000).contains(bars) {
            throw Failure.usage("--bars \(bars) is not in 1...1000000")
        }
        if let pieceBars, !(0...10_000).contains(pieceBars) {
            throw Failure.usage("--piece-bars \(pieceBars) is not in 0...10000")
        }
        if pieceBars != nil, melody != nil {
            throw Failure.usage("--piece-bars does not go with --melody, which has its own length")
        }
        if let tempo, !(4...1_000).contains(tempo) {
            throw Failure.usage("--tempo \(tempo) is not in 4...1000")
        }
        if let density, !(0...256).contains(density) {
            throw Failure.usage("--density \(density) is not in 0...256")
        }
        if key != nil, melody != nil {
            throw Failure.usage("--key does not go with --melody, which is in its own")
        }
        if let record, try Take.Format(path: record).isSound {
            throw Failure.usage(
                "--record \(record): end the name in .mid, .svg or .json; 'render' makes sound of it")
        }
    }

    /// Which of several drawn phrases is taken.
    ///
    /// - Throws: `Failure.usage`.
    func choice() throws -> PhraseChoice {
        let wanted = try key.map { name in
            guard let key = Score.Key(name: name) else {
                throw Failure.usage(
                    "--key \(name): give a letter, # or b if need be, and m for minor: G, Bb, F#m")
            }
            return key
        }
        return PhraseChoice(key: wanted, notesPerBar: density)
    }

    /// The melody as the model is given it, and its score.
    func melody(for model: GridModel, console: Console) throws -> (task: CompositionTask, score: Score)? {
        guard let melody else { return nil }
        let score = try InputFile.music(melody, console: console)
        return try Failure.naming(melody) {
            let source = try SourcePiece(score, lanes: model.lanes, voices: [0])
            return (try source.harmonisation(keeping: [0], vocabulary: model.vocabulary), score)
        }
    }

    /// What the take was asked for, for those who want to have it again.
    var details: [(name: String, value: String)] {
        let given: [(String, String?)] = [
            ("bars", bars.map { "\($0)" }), ("piece-bars", melody == nil ? "\(pieceBars ?? 16)" : nil),
            ("key", key), ("density", density.map { "\($0)" }),
            ("melody", melody),
        ]
        return given.compactMap { name, value in value.map { (name, $0) } }
    }
}
