import ArgumentParser
import Composition
import Corpus
import DenoisingTransformer
import Evaluation
import Glibc
import GridTraining
import NeuralEngine
import OutputFiles
import PianoRoll
import ProcessGroups
import Training

/// `pianojys train`: a model from a corpus.
struct TrainCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "train",
        abstract: "Train a model on a corpus.",
        discussion: """
            Writes into the output folder: model.safetensors (the averaged weights, what other commands use), \
            checkpoint.safetensors (what --resume goes on from, bit for bit on the same number of threads) and \
            log.csv (the curve). Ctrl-C saves first. With --initial and --resume, what is not said of the model is as it was.

            Built with '--traits MPI' it trains on several machines, each with its share of every batch; see docs/performance.md.

            EXAMPLES
              pianojys train --corpus chorales --steps 20000 --output my-model
              pianojys train --corpus chorales --resume --output my-model
              pianojys train --initial chorale --corpus mine.corpus --rate 2e-4 --output mine
              pianojys train --initial chorale --encoding sustain --rate 8e-4 --output sustained
              mpirun -np 2 pianojys train --corpus chorales --threads 1 --output my-model
            """)

    @Option(
        help:
            "The corpus: a file made by 'pianojys corpus build', or the name of one in Data/corpora. (default: chorales; with --initial and --resume the one of as many voices)"
    )
    var corpus: String?

    @Option(help: "The folder with Data/corpora. (default: PIANOJYS_DATA, or found from the program)")
    var data: String?

    @Option(name: .shortAndLong, help: "The folder to write to.")
    var output: String

    @Option(
        help:
            "Begin with the weights of this model, a name that 'pianojys models' lists or a file, and train it further; the new model has its shape; --encoding, --lowest-pitch, --highest-pitch and --no-edges may be other. (default: weights drawn at random)"
    )
    var initial: String?

    @Flag(
        help:
            "Go on from the checkpoint in the output folder, with its settings; --steps, --decay-steps and --threads may be new."
    )
    var resume = false

    @Option(help: "The model's name. (default: that of the output folder)")
    var name: String?

    @OptionGroup(title: "Model")
    var model: ModelShapeOptions

    @OptionGroup(title: "Training")
    var training: TrainingOptions

    @OptionGroup
    var consoleOptions: ConsoleOptions

    func run() throws { try Processes.run(train) }

    private func train(in group: any ProcessGroup) throws {
        guard name?.contains("/") != true else { throw Failure.usage("--name is a name, not a path") }
        guard !resume || initial == nil else {
            throw Failure.usage("--resume goes on with the checkpoint's weights; leave --initial out")
        }
        guard resume || access(path("checkpoint.safetensors"), F_OK) != 0 else {
            throw Failure.usage(
                "\(output) holds a run already: --resume goes on with it, or name another folder")
        }
        let origin = resume ? try checkpoint() : nil
        let folder = try DataFolder(explicit: data)
        let before = try origin == nil ? initialModel(in: folder) : nil
        let shape = try origin.map(keptShape) ?? before.map(ModelShapeOptions.Shape.init)
        let corpusPath = try folder.corpusFile(corpus ?? usualCorpus(of: shape))
        let source = try CorpusInput.read(corpusPath)
        let asked = try shape ?? model.shape(lanes: source.lanes)
        let configuration = asked.configuration
        let pieces = try CorpusInput.convert(
            source, at: corpusPath, to: asked.description.vocabulary, lanes: configuration.lanes)
        var description = asked.description
        if origin == nil { description.name = name ?? folderName }
        description.rareFaults = Self.rareFaults(in: pieces)
        var settings = origin?.settings ?? training.settings
        training.extend(&settings)
        if let before { settings.initialModel = before.name }
        if origin == nil { settings.usesBF16 = try !group.any(!settings.usesBF16) }
        guard settings.steps >= 1 else { throw Failure.usage("--steps \(settings.steps) is below 1") }
        let run: TrainingRun
        do {
            run = try TrainingRun(
                settings: settings, windows: try origin?.windows() ?? training.windows,
                configuration: configuration,
                description: description, initial: before?.transformer,
                training: pieces.pieces(in: .train).map(\.grid),
                validation: pieces.pieces(in: .valid).map(\.grid), checkpoint: origin?.file,
                group: group)
        } catch ModelError.configuration(let fault) where origin == nil {
            throw Failure.usage("a model of this shape cannot be: \(fault)")
        }
        guard run.step <= settings.steps else {
            throw Failure.usage("--steps \(settings.steps): the checkpoint has \(run.step) already")
        }
        try run.checkAgreement()
        if pieces.pieces(in: .valid).isEmpty {
            consoleOptions.console(in: group).note(
                "\(corpusPath) has no pieces to validate on: nothing will tell when the model learns them by heart"
            )
        }
        try train(run, in: group)
    }

    /// The corpus that a model is trained on where none is named: one that is new on the chorales.
    private func usualCorpus(of shape: ModelShapeOptions.Shape?) throws -> String {
        guard let shape else { return "chorales" }
        return try CorpusInput.usualName(lanes: shape.configuration.lanes, named: shape.description.name)
    }

    /// The last part of the output folder's path.
    private var folderName: String { output.split(separator: "/").last.map(String.init) ?? "model" }

    /// The faults of voice leading that the pieces to learn from have less than once in twenty bars: of those that are
    /// the same in every key, since a piece that is given may lie higher or lower.
    private static func rareFaults(in pieces: Corpus) -> [VoiceLeadingFault] {
        let leading = VoiceLeading(pieces.pieces(in: .train).map(\.grid))
        let faults: [VoiceLeadingFault] =
            pieces.lanes > 1 ? [.parallelFifths, .parallelOctaves, .crossing, .leap] : [.leap]
        return faults.filter {
            leading.rate(of: $0).map { $0 < 0.05 } ?? false
        }
    }

    /// The model whose weights to begin with, in the vocabulary that is asked for.
    private func initialModel(in folder: DataFolder) throws -> GridModel? {
        guard let initial else { return nil }
        let file = try folder.modelFile(initial)
        let before = try Failure.naming(file) { try GridModel(path: file) }
        let asked = try model.shape(over: ModelShapeOptions.Shape(before))
        let result = before.with(
            vocabulary: asked.description.vocabulary, edges: asked.description.edges, seed: training.seed)
        guard ModelShapeOptions.Shape(result) == asked else {
            throw Failure.usage(
                "--initial trains a model of its own shape further; of the options of shape it goes with --encoding, "
                    + "--lowest-pitch, --highest-pitch and --no-edges alone")
        }
        return result
    }

    /// What the checkpoint in the output folder says of its run.
    private func checkpoint() throws -> TrainingRun.Origin {
        let path = path("checkpoint.safetensors")
        return try Failure.naming(path) { try TrainingRun.Origin(Safetensors(mapping: path)) }
    }

    /// The shape of the model in a checkpoint, which a run that goes on keeps. Options that would be of no effect are refused: those
    /// that are neither as in the checkpoint nor left out.
    private func keptShape(of origin: TrainingRun.Origin) throws -> ModelShapeOptions.Shape {
        let unsaid = try TrainingOptions.parse([])
        let shape = ModelShapeOptions.Shape(
            configuration: origin.configuration, description: try origin.description())
        let settings = [training, unsaid].map { options in
            var settings = options.settings
            settings.steps = origin.settings.steps
            settings.decaySteps = origin.settings.decaySteps
            settings.threads = origin.settings.threads
            settings.initialModel = origin.settings.initialModel
            return settings
        }
        let windows = [training.windows, unsaid.windows]
        let drawn = try origin.windows()
        guard settings[0] == settings[1] || settings[0] == origin.settings,
            windows[0] == windows[1] || windows[0] == drawn,
            try model.shape(over: shape) == shape, name == nil || name == shape.description.name
        else {
            throw Failure.usage(
                "--resume goes on with the model and the settings of the checkpoint; of those options leave out all but "
                    + "--steps, --decay-steps and --threads")
        }
        return shape
    }

    private func train(_ run: TrainingRun, in group: any ProcessGroup) throws {
        let console = consoleOptions.console(in: group)
        if group.isFirst { try prepareFolder() }
        let interruption = Interruption()
        var log = group.isFirst ? try TrainingLog(path: path("log.csv"), keepingThrough: run.step) : nil
        let parameters = ParameterLayout(run.configuration).parameterCount
        console.note("\(parameters) parameters, \(run.settings.steps - run.step) steps to go")
        let first = run.step
        let clock = ContinuousClock()
        let start = clock.now
        var losses: [Double] = []
        var lastLoss: Double?
        var bar = ProgressBar("training", console: console)
        var isStopped = try group.any(interruption.isRaised)
        while !run.isFinished && !isStopped {
            let progress = try run.advance()
            losses.append(progress.loss)
            lastLoss = progress.loss
            bar.show(Double(run.step - first) / Double(run.settings.steps - first))
            // A signal to one process stops them all, after the same step.
            isStopped = try group.any(interruption.isRaised)
            let isDue = progress.step % run.settings.validationInterval == 0
            guard isDue || progress.validationBound != nil || progress.step % 100 == 0 else { continue }
            try log?.append(
                progress, loss: losses.reduce(0, +) / Double(losses.count),
                seconds: (clock.now - start) / .seconds(1))
            losses.removeAll(keepingCapacity: true)
            if let bound = progress.validationBound {
                console.endProgress()
                console.note(
                    "step \(progress.step): validation bound \((bound * 1e4).rounded() / 1e4) nats per frame")
            }
            if isDue, group.isFirst { try save(run) }
        }
        console.endProgress()
        if group.isFirst { try save(run) }
        // Nobody ends before all is saved.
        if try group.any(isStopped), !run.isFinished {
            console.note("stopped after step \(run.step); --resume goes on from here")
            throw Failure.interrupted
        }
        let loss = lastLoss.map { ", training loss \(($0 * 1e4).rounded() / 1e4) nats per frame" } ?? ""
        console.note("\(run.step) steps\(loss); the model is \(path("model.safetensors"))")
    }

    private func prepareFolder() throws {
        try OutputFile.makeFolder(output)
        for file in ["checkpoint.safetensors", "model.safetensors", "log.csv"] {
            try OutputFile.check(path(file))
        }
    }

    private func save(_ run: TrainingRun) throws {
        try OutputFile.write(run.checkpoint(), to: path("checkpoint.safetensors"))
        try OutputFile.write(run.model().encoded(), to: path("model.safetensors"))
    }

    private func path(_ file: String) -> String { output + "/" + file }
}
