import ArgumentParser
import Evaluation
import Experiments
import NeuralEngine
import OutputFiles

/// `pianojys reproduce`: the experiments of the paper, each by one command.
struct ReproduceCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "reproduce",
        abstract: "Run an experiment of the Jump Your Steps paper again.",
        discussion: """
            Writes EXPERIMENT.md (tables), EXPERIMENT.svg (plots) and EXPERIMENT.json into the output folder.

            countdown   Sequences that count down: the exact denoiser under absorbing and uniform noise, and a trained \
            transformer. About ten minutes on two cores.

            EXAMPLES
              pianojys reproduce countdown
            """)

    /// What can be run.
    enum Experiment: String, CaseIterable, ExpressibleByArgument {
        case countdown
    }

    @Argument(help: "countdown.")
    var experiment: Experiment

    @Option(help: "Samples for each figure, at least 16. (default: as published)")
    var count: Int?

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
        if let count, !(16...1_000_000).contains(count) {
            throw ValidationError("--count \(count) is not in 16...1000000")
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
            experiment.threads = Engine.threads
            return try experiment.run(progress: progress)
        }
    }
}
