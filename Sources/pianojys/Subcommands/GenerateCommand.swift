import ArgumentParser
import Audio
import Composition
import DiscreteDiffusion
import Evaluation
import Glibc
import OutputFiles
import PianoRoll

/// `pianojys generate`: music from noise.
struct GenerateCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "generate",
        abstract: "Compose: a new piece, the rest of one, voices to a melody, or some bars anew.",
        discussion: """
            The ending of a name says what is written: .mid, .wav, .flac, .ogg, .svg (the roll) or .json (the grid). \
            '-' is MIDI on standard output. What a take was made with, the seed first, stands in the file.

            EXAMPLES
              pianojys generate --nfe 8 out.mid
              pianojys generate --seed 7 --bars 16 --tempo 84 out.mid out.wav out.svg
              pianojys generate --prompt hymn.mid --prompt-bars 2 --bars 16 longer.mid
              pianojys generate --keep soprano --from hymn.mid harmonised.mid
              pianojys generate --infill bars=5-8,voices=alto,tenor --from piece.mid filled.mid
              pianojys generate --nfe 16 --transpositions 4 --avoid all careful.mid
              pianojys generate --count 20 --schedule uniform 'take-{n}.mid'
            """)

    @Argument(help: "The files to write; with --count, {n} in a name is the take's number.")
    var outputs: [String]

    @OptionGroup(title: "Task")
    var task: TaskOptions

    @OptionGroup(title: "Sampling")
    var sampling: SamplingOptions

    @Option(help: "How many takes.")
    var count = 1

    @OptionGroup(title: "Model")
    var model: ModelOptions

    @OptionGroup(title: "Sound")
    var sound: SoundOptions

    @Option(help: "Quarter notes a minute. (default: 90, or as in the input)")
    var tempo: Double?

    @Option(
        help:
            "General MIDI programs, by number or name, one for all voices or one each: 19 or flute,oboe,viola,cello."
    )
    var instrument: String?

    @OptionGroup
    var output: ConsoleOptions

    @Flag(help: "Tell what was made as JSON.")
    var json = false

    func run() throws {
        let console = output.console
        let paths = try outputPaths()
        let programs = try InstrumentList(instrument)
        if let tempo, !(4...1_000).contains(tempo) {
            throw Failure.usage("--tempo \(tempo) is not in 4...1000")
        }
        let grids = try model.load()
        let request = try task.request(for: grids, console: console)
        // From here on, since waiting for input is better ended at once.
        let interruption = Interruption()
        let settings = try sampling.settings(
            model: grids, task: request.name, schedules: model.schedules(), note: console.note)
        if paths.joined().contains(where: { (try? Take.Format(path: $0))?.isSound == true }) {
            // A missing sound font is told before the work, not after.
            _ = try SoundFont.locate(
                explicit: sound.soundfont, environment: Console.variable("PIANOJYS_SOUNDFONT"))
        } else if sound.humanize {
            console.note("--humanize shapes sound alone, and no file of sound is asked for")
        }
        var bar = ProgressBar("composing", console: console)
        let composer = try model.composer(grids, transpositions: sampling.transpositions)
        var origin = Origin(
            model: grids.name, task: request.name, schedule: sampling.schedule,
            sampler: settings.sampler.name,
            nfe: settings.sampler.calls(steps: settings.schedule.stepCount), seed: settings.seed,
            temperature: sampling.temperature, topP: sampling.topP, avoided: settings.avoided,
            details: task.details(bars: request.bars) + Transpositions.details(sampling.transpositions)
                + [("precision", try model.precisionName())])
        var level = Level()
        var faultsLeft = 0
        // Takes are written as they come, so that many of them need no more memory than a few.
        for first in stride(from: 0, to: count, by: Self.takesAtOnce) {
            let number = min(Self.takesAtOnce, count - first)
            let made = try composer.compose(request.task, first: first, count: number, settings: settings) {
                try interruption.check()
                bar.show((Double(first) + $0 * Double(number)) / Double(count))
            }
            console.endProgress()
            origin.calls += made.denoiserCalls * number
            for (index, grid) in made.grids.enumerated() {
                faultsLeft += request.faultCount(in: grid, of: settings.avoided)
                let takeOrigin = origin.take(first + index + 1, of: count)
                let score = try request.score(grid, tempo: tempo, programs: programs, text: takeOrigin.text)
                let take = Take(grid: grid, score: score, info: takeOrigin.info, title: takeOrigin.text)
                // It is the same sound in all files.
                var own: Level?
                for path in paths[first + index] {
                    own =
                        try take.write(to: path, sound: sound, isCancelled: { interruption.isRaised }) ?? own
                }
                if let own { level.add(own) }
            }
        }
        if let note = sound.clippingNote(level) { console.note(note) }
        if faultsLeft > 0 {
            console.note(
                "\(faultsLeft) \(faultsLeft == 1 ? "fault is" : "faults are") left of those that were avoided; "
                    + "'pianojys show --faults' lists a piece's")
        }
        if json {
            try Console.result(
                origin.json(
                    outputs: paths, bars: request.bars, precision: model.precisionName(),
                    transpositions: sampling.transpositions, options: given))
            return
        }
        console.note(origin.text)
        if !output.quiet, !paths.joined().contains("-") {
            for path in paths.joined() { try Console.result(path) }
        }
    }

    /// How many takes are composed together: the threads have enough to do, and memory stays small.
    static let takesAtOnce = 64

    /// What was given besides what samples: the task's options, tempo and instruments.
    private var given: [String: String] {
        var given = Dictionary(uniqueKeysWithValues: task.given.map { ($0.name, $0.value) })
        given["tempo"] = tempo.map { "\($0)" }
        given["instrument"] = instrument
        return given
    }

    /// The names of each take's files, all of them checked.
    private func outputPaths() throws -> [[String]] {
        guard (1...100_000).contains(count) else {
            throw Failure.usage("--count \(count) is not in 1...100000")
        }
        guard Set(outputs).count == outputs.count else { throw Failure.usage("a file is named twice") }
        if outputs.contains("-"), Console.resultsGoToTerminal {
            throw Failure.usage("MIDI is nothing for a terminal: name a file, or send '-' to another program")
        }
        if json, outputs.contains("-") {
            throw Failure.usage("--json and the music cannot both go to standard output; name a file")
        }
        let digits = String(count).count
        for path in outputs {
            _ = try Take.Format(path: path)
            if count > 1, !path.contains("{n}") {
                throw Failure.usage("\(path): with --count \(count) put {n} where the take's number goes")
            }
        }
        let paths = (1...count).map { number in
            let text = String(repeating: "0", count: digits - String(number).count) + String(number)
            return outputs.map {
                $0.split(separator: "{n}", omittingEmptySubsequences: false).joined(separator: text)
            }
        }
        for path in Set(paths.joined()) {
            try OutputFile.check(path)
            guard ![task.prompt, task.from].contains(where: { Self.isOneFile($0, path) }) else {
                throw Failure.usage("\(path) is what is read: give what is composed another name")
            }
        }
        return paths
    }

    /// Whether two paths lead to one file that is there.
    private static func isOneFile(_ input: String?, _ output: String) -> Bool {
        var (first, second) = (stat(), stat())
        guard let input, stat(input, &first) == 0, stat(output, &second) == 0,
            first.st_mode & S_IFMT == S_IFREG
        else { return false }
        return first.st_dev == second.st_dev && first.st_ino == second.st_ino
    }
}
