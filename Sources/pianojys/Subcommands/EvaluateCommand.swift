import ArgumentParser
import Composition
import Corpus
import DiscreteDiffusion
import Evaluation
import GridTraining
import NeuralEngine
import PianoRoll
import ProcessGroups
import Training

/// `pianojys evaluate`: how good a model is, and what schedules do to its music.
struct EvaluateCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "evaluate",
        abstract: "Measure a model: its bound on held-out pieces, and generated pieces beside real ones.",
        discussion: """
            The bound is an upper bound on -log p in nats per frame (all voices of a step), with its 95 % interval by \
            bootstrap over pieces. The table sets generated pieces of one schedule or several beside the corpus' own: \
            distances of features, faults of voice leading, and what is copied, with 95 % intervals.

            --orders N follows N random orders of the cells and tells the mean of -log p, the -log of the mean p of a \
            window, and the -log of the mean p of each cell, which Coconet's program computes of notes and which is no \
            likelihood (see docs/method.md).

            EXAMPLES
              pianojys evaluate --bound
              pianojys evaluate --bound --orders 5
              pianojys evaluate --nfe 8 --schedules uniform,jys --seeds 5 --count 64
            """)

    @OptionGroup(title: "Model")
    var model: ModelOptions

    @Option(help: "The corpus to measure against. \(CorpusInput.usual)")
    var corpus: String?

    @Option(help: "The split to measure against.")
    var split: Corpus.Split = .test

    @Flag(help: "Measure the bound alone.")
    var bound = false

    @Option(
        name: .customLong("levels"),
        help: "Noise levels a window of the bound is measured at. (default: 64)")
    var chosenLevels: Int?

    @Option(
        name: .customLong("orders"),
        help: "Measure the bound along so many random orders of the cells, and what an ensemble of them says."
    )
    var randomOrders: Int?

    @Flag(help: "Measure the bound along the order of time, voice by voice in each step.")
    var chronological = false

    @Option(help: "Calls of the model in which a window is revealed along an order. (default: a cell a call)")
    var calls: Int?

    @Option(name: .customLong("nfe"), help: "Numbers of steps, as in 2,4,8. (default: 8)")
    var chosenNFE: String?

    @Option(
        name: .customLong("schedules"),
        help: "Schedules: jys, uniform, cosine, or files made by 'pianojys optimize'. (default: uniform,jys)")
    var chosenSchedules: String?

    @Option(help: "\(SamplerChoice.names). \(SamplerChoice.standard)")
    var sampler: String?

    @Option(
        name: .customLong("temperature"), help: "Below 1 more likely, above 1 more daring. (default: 1.0)")
    var chosenTemperature: Double?

    @Option(
        name: .customLong("top-p"),
        help: "Draw from the likeliest tokens that hold this share of the probability alone. (default: 1.0)")
    var chosenTopP: Double?

    @Option(
        name: .customLong("avoid"),
        help: "Faults of voice leading to keep away from, as in 'generate'. (default: none)",
        transform: AvoidedFaults.init(parsing:))
    var chosenFaults: AvoidedFaults?

    @Option(help: "\(Transpositions.help)")
    var transpositions = 1

    @Option(name: .customLong("seeds"), help: "How many seeds, from 1 on. (default: 5)")
    var chosenSeeds: Int?

    @Option(name: .customLong("count"), help: "Pieces of each seed. (default: 64)")
    var chosenCount: Int?

    @Flag(help: "Answer as JSON.")
    var json = false

    @OptionGroup
    var consoleOptions: ConsoleOptions

    func validate() throws {
        if let chosenLevels, !(1...10_000).contains(chosenLevels) {
            throw ValidationError("--levels \(chosenLevels) is not in 1...10000")
        }
        if let randomOrders, !(1...1_000).contains(randomOrders) {
            throw ValidationError("--orders \(randomOrders) is not in 1...1000")
        }
        if let calls, !(1...100_000).contains(calls) {
            throw ValidationError("--calls \(calls) is not in 1...100000")
        }
        guard randomOrders == nil || !chronological else {
            throw ValidationError("--orders takes random orders: not with --chronological")
        }
        guard (1...1_000).contains(seeds), (1...100_000).contains(count) else {
            throw ValidationError("--seeds and --count must be 1 at least")
        }
    }

    private var nfe: String { chosenNFE ?? "8" }
    private var schedules: String { chosenSchedules ?? "uniform,jys" }
    private var temperature: Double { chosenTemperature ?? 1 }
    private var topP: Double { chosenTopP ?? 1 }
    private var avoid: AvoidedFaults { chosenFaults ?? .none }
    private var seeds: Int { chosenSeeds ?? 5 }
    private var count: Int { chosenCount ?? 64 }

    /// The first option given that this measurement does not heed.
    private var needless: String? {
        let ofTable: [(String, Bool)] = [
            ("--nfe", chosenNFE != nil), ("--schedules", chosenSchedules != nil),
            ("--sampler", sampler != nil),
            ("--temperature", chosenTemperature != nil), ("--top-p", chosenTopP != nil),
            ("--avoid", chosenFaults != nil), ("--seeds", chosenSeeds != nil),
            ("--count", chosenCount != nil),
        ]
        let ofBound = [
            ("--levels", chosenLevels != nil), ("--orders", randomOrders != nil),
            ("--chronological", chronological), ("--calls", calls != nil),
        ]
        return (bound ? ofTable : ofBound).first(where: \.1)?.0
    }

    func run() throws { try Processes.run(evaluate) }

    private func evaluate(in group: any ProcessGroup) throws {
        if let needless {
            throw Failure.usage(
                bound ? "--bound composes nothing: not with \(needless)" : "\(needless) goes with --bound")
        }
        let grids = try model.load()
        let corpus = try corpus ?? CorpusInput.usualName(for: grids)
        let path = try model.folder().corpusFile(corpus)
        let source = try CorpusInput.read(path, for: grids)
        guard !source.pieces(in: split).isEmpty else {
            throw Failure.badData("\(path) has no pieces in its \(split.name) split")
        }
        if bound {
            try measureBound(grids, source, named: corpus, in: group)
        } else {
            try compareSchedules(grids, source, in: group)
        }
    }

    private func measureBound(
        _ grids: GridModel, _ source: Corpus, named corpus: String, in group: any ProcessGroup
    ) throws {
        let pieces = source.pieces(in: split).map(\.grid)
        let precision = try model.chosenPrecision() ?? (Engine.hasBF16 ? .bf16 : .f32)
        let threads = try model.threadCount()
        try Transpositions.check(transpositions, for: grids)
        let report: BoundReport
        if let order {
            guard grids.process.hasMask else {
                throw Failure.withoutMask(chronological ? "--chronological" : "--orders", grids)
            }
            guard chosenLevels == nil else { throw Failure.usage("--levels: an order has --calls") }
            let found = try OrderEnsemble.measure(
                grids, pieces: pieces, precision: precision, order: order, calls: calls,
                transpositions: transpositions, seed: 1, threads: threads, group: group)
            report = BoundReport(
                found.mean, ensemble: found, order: order, calls: calls, model: grids.name, corpus: corpus,
                split: split, transpositions: transpositions)
        } else {
            guard calls == nil else { throw Failure.usage("--calls goes with --orders or --chronological") }
            let levels = chosenLevels ?? 64
            let found = try HeldOutBound.measure(
                grids, pieces: pieces, precision: precision, levels: levels, transpositions: transpositions,
                seed: 1, threads: threads, group: group)
            report = BoundReport(
                found, levels: levels, model: grids.name, corpus: corpus, split: split,
                transpositions: transpositions)
        }
        guard group.isFirst else { return }
        try Console.result(json ? try JSONText.encode(report) : report.text)
    }

    /// The orders that the bound is measured along, if any.
    private var order: OrderEnsemble.Order? {
        chronological ? .chronological : randomOrders.map { .random(count: $0) }
    }

    private func compareSchedules(
        _ grids: GridModel, _ source: Corpus, in group: any ProcessGroup
    ) throws {
        let console = consoleOptions.console(in: group)
        let interruption = Interruption()
        let schedules = try model.schedules()
        let evaluation = ScheduleEvaluation(
            grids: grids, composer: try model.composer(grids, transpositions: transpositions), corpus: source,
            split: split, seeds: seeds,
            count: count)
        let avoided = avoid.faults(for: grids)
        var report = EvaluationReport(
            title:
                "\(grids.name), \(seeds) \(seeds == 1 ? "seed" : "seeds") of \(count) \(count == 1 ? "piece" : "pieces") of \(grids.steps) steps, \(SamplerChoice.name(sampler, for: grids.process))"
                + (temperature == 1 ? "" : ", temperature \(temperature)")
                + (topP == 1 ? "" : ", top-p \(topP)")
                + (avoided.isEmpty ? "" : ", avoiding \(AvoidedFaults(avoided))")
                + (transpositions == 1 ? "" : ", \(transpositions) transpositions"))
        var bar = ProgressBar("composing", console: console)
        var told: Set<String> = []
        let rows = try sampling().map { options in
            ScheduleEvaluation.Sampling(
                schedule: options.schedule,
                settings: try options.settings(model: grids, task: "generate", schedules: schedules) {
                    if told.insert($0).inserted { console.note($0) }
                })
        }
        report.rows = try evaluation.rows(rows, findingCopies: true, in: group) {
            try interruption.check()
            bar.show($0)
        }
        console.endProgress()
        guard group.isFirst else { return }
        try Console.result(json ? try JSONText.encode(report) : report.markdown)
    }

    /// The sampling options of each row.
    private func sampling() throws -> [SamplingOptions] {
        let numbers = try NumberList.numbersOfSteps(nfe)
        let names = schedules.split(separator: ",")
        guard !numbers.isEmpty, !names.isEmpty else {
            throw Failure.usage("--nfe and --schedules want a number and a name at least")
        }
        return try numbers.flatMap { number in
            try names.map {
                try SamplingOptions.row(
                    nfe: number, schedule: String($0), sampler: sampler, temperature: temperature, topP: topP,
                    avoided: avoid)
            }
        }
    }
}
