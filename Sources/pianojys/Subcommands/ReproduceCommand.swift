import ArgumentParser
import Composition
import Corpus
import DiscreteDiffusion
import Evaluation
import Experiments
import OutputFiles

/// `pianojys reproduce`: the experiments of the paper, each by one command.
struct ReproduceCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "reproduce",
        abstract: "Run an experiment of the Jump Your Steps paper again.",
        discussion: """
            Writes EXPERIMENT.md (tables), EXPERIMENT.svg (plots) and EXPERIMENT.json into the output folder. Each takes from some minutes to \
            half an hour of two cores; --count makes drawing shorter, not training.

            countdown   Sequences that count down: the exact denoiser under absorbing and uniform noise, and a trained \
            transformer.

            moons       Points of two moons: the exact denoiser under uniform and ordinal noise.

            piano       Held-out tunes continued by a model of uniform noise (melody unless --model is given).

            chorale     Chorales composed, continued, harmonised and filled in by a model of absorbing noise with its schedules.

            image       Digits drawn under ordinal noise by a transformer that is trained for it.

            text        Characters of a book (--text FILE) under absorbing noise, likewise.

            EXAMPLES
              pianojys reproduce countdown
              pianojys reproduce moons --count 128 --output trial
              bible -l9999 gen1:1-rev22:21 > kjv.txt && pianojys reproduce text --text kjv.txt
            """)

    /// What can be run.
    enum Experiment: String, CaseIterable, ExpressibleByArgument {
        case countdown, moons, piano, chorale, image, text
    }

    @Argument(help: "countdown, moons, piano, chorale, image or text.")
    var experiment: Experiment

    @Option(
        help:
            "Samples for each figure, at least 16; of piano versions of each tune, at least 2; of chorale and image pieces of each seed. (default: as published)"
    )
    var count: Int?

    @OptionGroup(title: "Model")
    var model: ModelOptions

    @Option(
        help:
            "The corpus that piano and chorale measure against. (default: melodies for piano, else chorales)")
    var corpus: String?

    @Option(help: "The book that text reads: a plain text file of 80,000 letters or more.")
    var text: String?

    @Option(help: "The seed of all that is random.")
    var seed: UInt64 = 1

    @Option(
        name: .shortAndLong, help: "The folder to write to; to be given with --count. (default: docs/results)"
    )
    var output: String?

    /// Where results go: those of the published size beside the documentation.
    private var folder: String { output ?? "docs/results" }

    @OptionGroup
    var consoleOptions: ConsoleOptions

    private struct Report: Encodable {
        let experiment, title, command: String
        let remarks: [String]
        let tables: [EvaluationReport]
    }

    mutating func validate() throws {
        if experiment == .piano, model.chosenModel == nil { model.chosenModel = "melody" }
        guard count == nil || output != nil else {
            throw ValidationError(
                "--count makes a trial, which is not to replace published results: name its --output")
        }
        let least = experiment == .piano ? 2 : 16
        if let count, !(least...1_000_000).contains(count) {
            throw ValidationError("--count \(count) is not in \(least)...1000000")
        }
        if (experiment == .text) != (text != nil) {
            throw ValidationError(
                experiment == .text
                    ? "text needs a book: --text FILE, such as what 'bible -l9999 gen1:1-rev22:21' of Debian's bible-kjv prints"
                    : "--text is for the experiment text")
        }
    }

    func run() throws {
        let paths = ["md", "svg", "json"].map { "\(folder)/\(experiment.rawValue).\($0)" }
        try OutputFile.makeFolder(folder)
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
            + ([.piano, .chorale].contains(experiment)
                ? " --model \(model.model) --corpus \(corpusName)" : "")
            + (text.map { " --text \($0)" } ?? "")
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
        case .chorale:
            var experiment = try chorale()
            experiment.count = count ?? experiment.count
            experiment.seed = seed
            experiment.threads = try model.threadCount()
            return try experiment.run(progress: progress)
        case .image:
            var experiment = try image()
            experiment.count = count ?? experiment.count
            experiment.seed = seed
            experiment.threads = try model.threadCount()
            return try experiment.run(progress: progress)
        case .text:
            var experiment = try characters()
            experiment.count = count ?? experiment.count
            experiment.seed = seed
            experiment.threads = try model.threadCount()
            return try experiment.run(progress: progress)
        }
    }

    private var corpusName: String { corpus ?? (experiment == .piano ? "melodies" : "chorales") }

    /// The experiment on the digits that the program ships.
    private func image() throws -> ImageExperiment {
        let path = try model.folder().path + "/Data/images/digits.csv"
        let text = String(decoding: try InputFile.bytes(path), as: UTF8.self)
        return try Failure.naming(path) { try ImageExperiment(images: DigitImages(csv: text)) }
    }

    /// The experiment on the characters of the book.
    private func characters() throws -> TextExperiment {
        let path = text ?? ""
        let contents = String(decoding: try InputFile.bytes(path), as: UTF8.self)
        return try Failure.naming(path) { try TextExperiment(text: CharacterText(contents)) }
    }

    /// The experiment on the model's corpus.
    private func piano() throws -> PianoExperiment {
        let grids = try model.load()
        guard !grids.process.hasMask else {
            throw Failure.badData(
                "the model \(grids.name) is of absorbing noise; piano needs one of 'train --noise uniform'")
        }
        let pieces = try pieces(for: grids)
        return PianoExperiment(
            model: grids, training: pieces.pieces(in: .train).map(\.grid),
            tunes: pieces.pieces(in: .test).map(\.grid))
    }

    /// The experiment on the model's corpus, with the model's schedules of each task.
    private func chorale() throws -> ChoraleExperiment {
        let grids = try model.load()
        guard grids.process.hasMask, grids.lanes > 1 else {
            throw Failure.badData("chorale needs a model of several voices under absorbing noise")
        }
        let folder = try model.schedules()
        func schedules(_ task: String, _ sampler: any Sampler) throws -> [Schedule] {
            try (1...64).map {
                try folder.schedule(of: grids, task: task, sampler: sampler.name, steps: $0, note: { _ in })
            }
        }
        let tasks = try MeasuringWindows.tasks.map { task in
            ChoraleExperiment.Task(
                name: task,
                known: try MeasuringWindows.known(task: task, steps: grids.steps, lanes: grids.lanes),
                schedules: try schedules(task, TweedieSampler()),
                dispersed: try schedules(task, DispersedSampler()))
        }
        let pieces = try pieces(for: grids)
        return ChoraleExperiment(
            model: grids, training: pieces.pieces(in: .train).map(\.grid),
            heldOut: pieces.pieces(in: .test).map(\.grid), tasks: tasks)
    }

    private func pieces(for grids: GridModel) throws -> Corpus {
        try CorpusInput.read(try model.folder().corpusFile(corpusName), for: grids)
    }
}
