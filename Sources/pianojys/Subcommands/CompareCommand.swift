import ArgumentParser
import ComparisonPage
import Composition
import OutputFiles

/// `pianojys compare`: uniform against optimised schedules, on a page to look at and listen to.
struct CompareCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "compare",
        abstract:
            "Set uniform against optimised schedules: a page to look at, listen to and test oneself on.",
        discussion: """
            Writes a folder with index.html, which needs no other file and no network, and each piece as MIDI and Ogg \
            Vorbis. A pair has one seed, one number of calls and one gain. The page has a blind test, the rolls, the \
            times of the schedules, metrics, and the commands that make each piece again.

            EXAMPLES
              pianojys compare --nfe 8 --seeds 1-6 --output comparison/
              pianojys compare --nfe 4,8,16 --seeds 1,2,7 --bars 4 --no-audio
              pianojys compare --keep soprano --from hymn.mid --output harmonised/
            """)

    @Option(help: "Calls of the model for each window, as in 4,8.")
    var nfe = "8"

    @Option(help: "The seeds, as in 1-6 or 1,2,7.")
    var seeds = "1-6"

    @Option(name: .shortAndLong, help: "The folder to write; an earlier comparison in it is replaced.")
    var output = "comparison"

    @OptionGroup(title: "Task")
    var task: TaskOptions

    @Option(help: "\(SamplerChoice.names). \(SamplerChoice.standard)")
    var sampler: String?

    @Option(help: "Below 1 more likely, above 1 more daring.")
    var temperature = 1.0

    @Option(help: "Draw from the likeliest tokens that hold this share of the probability alone.")
    var topP = 1.0

    @Option(
        help: "Faults of voice leading to keep away from, as in 'generate'.",
        transform: AvoidedFaults.init(parsing:))
    var avoid = AvoidedFaults.rare

    @Option(help: "\(Transpositions.help)")
    var transpositions = 1

    @OptionGroup(title: "Metrics")
    var metrics: ComparisonMetricsOptions

    @OptionGroup(title: "Model")
    var model: ModelOptions

    @OptionGroup(title: "Sound")
    var sound: SoundOptions

    @OptionGroup(title: "Sound")
    var files: ComparisonSoundOptions

    @OptionGroup
    var consoleOptions: ConsoleOptions

    private static let introduction =
        "Each pair is two pieces of one model, from one seed and with as many calls of the model (NFE). They differ in "
        + "the times at which it is called: evenly spaced (uniform), or where the steps cost least (jys, for Jump Your "
        + "Steps)."

    /// Pairs that a page is made of at most.
    private static let pairLimit = 100

    func run() throws {
        let console = consoleOptions.console
        let (numbers, seeds) = try chosenPairs()
        try files.check()
        let old = try ComparisonFolder.earlierFiles(in: output)
        let grids = try model.load()
        let request = try task.request(for: grids, console: console)
        let composer = try model.composer(grids, transpositions: transpositions)
        let measuring = try metrics.evaluation(
            request.name, grids: grids, composer: composer, folder: model.folder(), console: console)
        let interruption = Interruption()
        let (settings, notes) = try settings(numbers, for: grids, task: request.name, console: console)
        // A missing sound font is told before the work, not after.
        let sound = try files.sound(options: sound)
        let origin = try origin(grids, request)
        let comparison = ScheduleComparison(
            request: request, composer: composer, settings: settings, seeds: seeds,
            text: { origin($0, $1).text })

        var bar = ProgressBar("composing", console: console)
        let pairs = try comparison.compose {
            try interruption.check()
            bar.show($0)
        }
        bar = ProgressBar("measuring", console: console)
        let rows = try measuring?.rows(settings.joined().map(\.sampling), findingCopies: false) {
            try interruption.check()
            bar.show($0)
        }
        console.endProgress()

        let folder = try OutputFolder(path: output)
        try ComparisonFolder.naming(output, for: folder) {
            for piece in pairs.joined() {
                try OutputFile.write(piece.midi, to: folder.path(of: piece.name + ".mid"))
            }
            let gain = try sound.map {
                try writeSounds(pairs, $0, to: folder, interruption: interruption, console: console)
            }
            try interruption.check()
            let page = ComparisonPage(
                title: "\(grids.name): uniform against optimised schedules",
                introduction: Self.introduction,
                facts: facts(grids, request, seeds: seeds, sound: sound, gain: gain),
                pairs: try pairs.map { try pair($0, by: grids, in: folder, sound: sound, gain: gain) },
                times: settings.joined().map {
                    .init(
                        schedule: $0.sampling.schedule, nfe: $0.sampling.calls,
                        times: $0.sampling.settings.schedule.times)
                },
                timesPlots: comparison.plots, timesNotes: notes,
                metrics: try rows.map {
                    try metrics.table($0, grids: grids, command: evaluateCommand(grids))
                },
                command: ShellCommand.text(["pianojys"] + CommandLine.arguments.dropFirst()),
                maker: "pianojys \(PianoJYS.configuration.version)")
            try OutputFile.write(Array(page.html().utf8), to: folder.path(of: ComparisonFolder.page))
            try interruption.check()
            try folder.commit(last: ComparisonFolder.page, removing: old)
        }
        let path =
            output.hasSuffix("/") ? output + ComparisonFolder.page : "\(output)/\(ComparisonFolder.page)"
        if !consoleOptions.quiet { try Console.result(path) }
    }

    /// The numbers of calls and the seeds.
    private func chosenPairs() throws -> (numbers: [Int], seeds: [UInt64]) {
        let numbers = try NumberList.numbersOfSteps(nfe)
        guard !numbers.isEmpty, Set(numbers).count == numbers.count else {
            throw Failure.usage("--nfe '\(nfe)': give numbers of calls, each once, as in 4,8")
        }
        let seeds = try NumberList.seeds(self.seeds, limit: Self.pairLimit)
        guard numbers.count * seeds.count <= Self.pairLimit else {
            throw Failure.usage(
                "\(seeds.count) seeds with \(numbers.count) numbers of calls are \(numbers.count * seeds.count) "
                    + "pairs; a page takes \(Self.pairLimit)")
        }
        return (numbers, seeds)
    }

    /// For each number of calls the settings of both schedules, and what was told of them.
    private func settings(
        _ numbers: [Int], for grids: GridModel, task: String, console: Console
    ) throws -> (settings: [[ScheduleComparison.Setting]], notes: [String]) {
        let folder = try model.schedules()
        var notes: [String] = []
        let settings = try numbers.map { number in
            try ScheduleComparison.schedules.map { schedule in
                let sampling = try SamplingOptions.row(
                    nfe: number, schedule: schedule, sampler: sampler, temperature: temperature, topP: topP,
                    avoided: avoid)
                return ScheduleComparison.Setting(
                    nfe: number,
                    sampling: .init(
                        schedule: schedule,
                        settings: try sampling.settings(model: grids, task: task, schedules: folder) {
                            guard !notes.contains($0) else { return }
                            notes.append($0)
                            console.note($0)
                        }))
            }
        }
        return (settings, notes)
    }

    /// The options of sampling: the sampler and what is avoided, which are not as usual everywhere, and what is not as usual.
    func samplingWords(_ grids: GridModel) -> [String] {
        ["--sampler", SamplerChoice.name(sampler, for: grids.process)]
            + (temperature != 1 ? ["--temperature", "\(temperature)"] : [])
            + (topP != 1 ? ["--top-p", "\(topP)"] : [])
            + ["--avoid", "\(avoid)"]
            + (transpositions != 1 ? ["--transpositions", "\(transpositions)"] : [])
    }
}
