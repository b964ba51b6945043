import ArgumentParser
import Evaluation
import PianoRoll

/// `pianojys show`: the roll in the terminal.
struct ShowCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "show",
        abstract:
            "Show a piece: its roll in letters, its notes, its faults of voice leading, or all of it as JSON.",
        discussion: """
            In the roll a letter is where a note of the voice starts and a line how long it lasts; * and a double line are \
            voices on one pitch, dots the beats.

            EXAMPLES
              pianojys show out.mid
              pianojys show --notes out.mid
              pianojys show --notes --json out.mid
              pianojys show --faults out.mid
              pianojys generate - | pianojys show -
            """)

    @Argument(help: "The MIDI file, or a grid in JSON; '-' is standard input.")
    var input: String

    @Flag(
        help:
            "List the notes: bar, beat, length in quarters, voice, pitch; with --json as they stand in the file, track by track."
    )
    var notes = false

    @Flag(
        help:
            "List parallel fifths and octaves between any two voices, crossings of neighbouring ones, leaps by a seventh or more than an octave and, in four voices, notes out of the ranges of soprano, alto, tenor and bass: bar, beat, voices, fault."
    )
    var faults = false

    @Flag(help: "The grid as JSON.")
    var json = false

    @Flag(help: "Keep to ASCII.")
    var ascii = false

    @Option(help: "Columns. (default: the terminal's)")
    var width: Int?

    @OptionGroup
    var piece: PieceOption

    @OptionGroup(title: "Grid")
    var grid: GridOptions

    @OptionGroup
    var output: ConsoleOptions

    func run() throws {
        if let width, !(16...10_000).contains(width) {
            throw Failure.usage("--width \(width) is not in 16...10000")
        }
        if faults || notes || json, width != nil || ascii {
            throw Failure.usage("--width and --ascii are of the roll, not of lists and JSON")
        }
        if faults, notes || json { throw Failure.usage("--faults goes without --notes and --json") }
        if notes, json {
            if let option = grid.given.first {
                throw Failure.usage(
                    "--notes with --json lists the notes before they are on a grid: not with \(option)")
            }
            try Console.result(
                JSONText.encode(InputFile.notes(input, piece: piece, console: output.console)))
            return
        }
        let document = try InputFile.grid(input, options: grid, piece: piece, console: output.console)
        if json {
            try Console.result(document.json(), terminator: "")
        } else if notes {
            for line in Self.list(document.grid) { try Console.result(line) }
        } else if faults {
            let faults = Self.faults(of: document.grid)
            for line in faults { try Console.result(line) }
            if faults.isEmpty { output.console.note("no faults") }
        } else {
            let options = TokenGrid.TextOptions(
                width: width ?? max(16, Console.width), usesColor: Console.usesColor, usesASCII: ascii)
            try Console.result(document.grid.text(options))
            for text in document.info.sorted(by: { $0.key < $1.key }) {
                output.console.detail("\(text.key): \(text.value)")
            }
        }
    }

    /// A line for each note, in order of time.
    private static func list(_ grid: TokenGrid) -> [String] {
        let steps = Double(grid.timing.stepsPerQuarter)
        return grid.notes.map { note in
            "\(place(of: note.steps.lowerBound, in: grid))\t\(Double(note.steps.count) / steps)\t"
                + "\(TokenGrid.letter(ofLane: note.lane, of: grid.lanes))\t\(TokenGrid.name(ofPitch: note.pitch))"
        }
    }

    /// A line for each fault of voice leading, in order of time.
    private static func faults(of grid: TokenGrid) -> [String] {
        VoiceLeading.faults(of: grid).map { found in
            let voices = found.lanes.map { String(TokenGrid.letter(ofLane: $0, of: grid.lanes)) }
            return "\(place(of: found.step, in: grid))\t\(voices.joined())\t\(found.fault.name)"
        }
    }

    /// The bar and the beat of a step; the bar of an upbeat is 0.
    private static func place(of step: Int, in grid: TokenGrid) -> String {
        let timing = grid.timing
        let bar = (timing.firstStepInBar + step) / timing.stepsPerBar + (timing.firstStepInBar == 0 ? 1 : 0)
        let beat =
            Double(timing.positionInBar(ofStep: step)) / Double(timing.stepsPerQuarter)
            * Double(timing.meterDenominator) / 4 + 1
        return "\(bar)\t\(beat)"
    }
}
