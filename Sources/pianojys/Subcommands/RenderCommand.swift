import ArgumentParser
import Audio
import OutputFiles
import PianoRoll

/// `pianojys render`: MIDI to a sound file.
struct RenderCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "render",
        abstract: "Render a MIDI file to sound: .wav, .flac or .ogg.",
        discussion: """
            EXAMPLES
              pianojys render out.mid out.wav
              pianojys generate - | pianojys render - - | aplay
              pianojys render --instrument 'church organ' --humanize out.mid out.ogg
              pianojys render --soundfont my.sf2 --gain 0.8 --normalize out.mid out.flac out.ogg
            """)

    @Argument(help: "The MIDI file, or a grid in JSON; '-' is standard input.")
    var input: String

    @Argument(help: "The sound files to write; '-' is WAV on standard output.")
    var outputs: [String]

    @OptionGroup
    var piece: PieceOption

    @OptionGroup(title: "Sound")
    var sound: SoundOptions

    @Option(
        help:
            "General MIDI programs, by number or name, one for all voices or one each. (default: as in the file)"
    )
    var instrument: String?

    @Option(help: "Frames a second, 8000 to 96000.")
    var rate = 44_100

    @Flag(help: "Scale so that the loudest sample lies a decibel below full scale.")
    var normalize = false

    @Option(help: "How much .ogg keeps, 0 to 1. (default: 0.4)")
    var quality: Double?

    @OptionGroup
    var output: ConsoleOptions

    func run() throws {
        let console = output.console
        if outputs.contains("-"), Console.resultsGoToTerminal {
            throw Failure.usage(
                "sound is nothing for a terminal: name a file, or send '-' to another program")
        }
        guard Set(outputs).count == outputs.count else { throw Failure.usage("a file is named twice") }
        for path in outputs {
            _ = try SoundFile.format(of: path)
            try OutputFile.check(path)
        }
        if let quality, !(0...1).contains(quality) {
            throw Failure.usage("--quality \(quality) is not in 0...1")
        }
        let instruments = try InstrumentList(instrument)
        let score = try instruments.applied(to: InputFile.music(input, piece: piece, console: console))
        // From here on, since waiting for input is better ended at once.
        let interruption = Interruption()
        var normalized: AudioClip?
        if normalize {
            normalized = try sound.renderer(score, sampleRate: rate).render { interruption.isRaised }
            normalized?.normalize()
        }
        for (number, path) in outputs.enumerated() {
            let level: Level
            if let normalized {
                level = try SoundFile.write(
                    AudioClip.Reader(normalized), to: path, comment: SoundFile.comment(of: score),
                    quality: quality
                ) {
                    interruption.isRaised
                }
            } else {
                level = try SoundFile.write(
                    sound.renderer(score, sampleRate: rate), to: path, comment: SoundFile.comment(of: score),
                    quality: quality
                ) {
                    interruption.isRaised
                }
            }
            // It is the same sound in all files.
            if number == 0, let note = sound.clippingNote(level, normalizes: true) { console.note(note) }
            if !outputs.contains("-") { try output.tellWritten(path) }
        }
    }
}
