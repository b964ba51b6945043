import ArgumentParser
import Corpus
import Evaluation
import Experiments
import OutputFiles

/// `pianojys reproduce`: the experiments of the paper, each by one command.
struct ReproduceCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "reproduce",
        abstract: "Run an experiment of the Jump Your Steps paper again.",
        discussion: """
            Writes EXPERIMENT.md (tables), EXPERIMENT.svg (plots) and EXPERIMENT.json into the output folder.

            countdown   Sequences that count down: the exact denoiser under absorbing and uniform noise, and a trained \
            transformer. Long: --count makes it shorter.

            moons       Points of two moons: the exact denoiser under uniform and ordinal noise. Long.

            piano       Held-out tunes continued by a model of uniform noise (--model). Long.

            EXAMPLES
              pianojys reproduce countdown
              pianojys reproduce piano --model melody
            """)

    /// What can be run.
    enum Experiment: String, CaseIterable, ExpressibleByArgument {
        case countdown, moons, piano
    }

    @Argument(help: "countdown, moons or piano.")
    var experiment: Experiment

    @Option(
        help:
            "Samples for each figure, at least 16; of piano versions of each tune, at least 2. (default: as published)"
    )
    var count: Int?

    @OptionGroup(title: "Model")
    var model: ModelOptions

    @Option(help: "The corpus with the tunes.")
    var corpus = "melodies"

    @Option(help: "The seed of all that is random.")
    var seed: UInt64 = 1

    @Option(name: .shortAndLong, help: "The folder to write to.")
    var output = "docs/results"

    @OptionGroup
    var consoleOptions: ConsoleOptions

    private struct Report: Encodable {
        let experiment, title, command: String
        let remarks: [String]
        let tables: [EvaluationReport]
    }

    func validate() throws {
        let least = experiment == .piano ? 2 : 16
        if let count, !(least...1_000_000).contains(count) {
            throw ValidationError("--count \(count) is not in \(least)...1000000")
        }
    }

    func run() throws {
        let paths = ["md", "svg", "json"].map { "\(output)/\(experiment.rawValue).\($0)" }
        try OutputFile.makeFolder(output)
        for path in paths { try OutputFile.check(path) }
        let interruption = Interruption()
        var bar = ProgressBar("running", console: consoleOptions.console)
        let result = try result {
            try interruption.check()
            bar.show($0)
        }
        consoleOptions.console.endProgress()
        let command =
            "pianojys reproduce \(experiment.rawValue) --seed \(seed)"
            + (count.map { " --count \($0)" } ?? "")
            + (experiment == .piano ? " --model \(model.model) --corpus \(corpus)" : "")
        let page = result.markdown(command: command, pictureFile: "\(experiment.rawValue).svg")
        let report = Report(
            experiment: result.name, title: result.title, command: command, remarks: result.remarks,
            tables: result.tables)
        let contents = [page, result.picture.svg(), try JSONText.encode(report) + "\n"]
        for (path, text) in zip(paths, contents) { try OutputFile.write(Array(text.utf8), to: path) }
        for path in paths { try Console.result(path) }
    }

    private func result(progress: (Double) throws -> Void) throws -> ExperimentResult {
        switch experiment {
        case .countdown:
            var experiment = CountDownExperiment()
            experiment.count = count ?? experiment.count
            experiment.seed = seed
            experiment.threads = try model.threadCount()
            return try experiment.run(progress: progress)
        case .moons:
            var experiment = MoonsExperiment()
            experiment.count = count ?? experiment.count
            experiment.seed = seed
            return try experiment.run(progress: progress)
        case .piano:
            var experiment = try piano()
            experiment.versions = count ?? experiment.versions
            experiment.seed = seed
            experiment.threads = try model.threadCount()
            return try experiment.run(progress: progress)
        }
    }

    /// The experiment on the model's corpus.
    private func piano() throws -> PianoExperiment {
        let grids = try model.load()
        guard !grids.process.hasMask else {
            throw Failure.badData(
                "the model \(grids.name) is of absorbing noise; piano needs one of 'train --noise uniform'")
        }
        let path = try model.folder().corpusFile(corpus)
        let tunes = try CorpusInput.read(path)
        let converted = try Failure.naming(path) { try tunes.converted(to: grids.vocabulary) }
        guard converted.lanes == grids.lanes else {
            throw Failure.badData("\(path): \(converted.lanes) lanes; the model has \(grids.lanes)")
        }
        return PianoExperiment(
            model: grids, training: converted.pieces(in: .train).map(\.grid),
            tunes: converted.pieces(in: .test).map(\.grid))
    }
}
