import ArgumentParser
import Composition
import Corpus
import DiscreteDiffusion
import Foundation
import JumpYourSteps
import OutputFiles
import PianoRoll
import ProcessGroups

/// `pianojys optimize`: the best times for few steps.
struct OptimizeCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "optimize",
        abstract: "Find the best schedules of a model, for every number of steps at once.",
        discussion: """
            Measures, on windows of a corpus, what each step of dispersed loses, or of other samplers what a masked cell still holds at each noise level (of other noise the bound KLUB \
            on what each step loses), and searches by dynamic programming the times at which sampling loses least. Writes TASK-SAMPLER.json, or TASK-SAMPLER-golden.json.

            EXAMPLES
              pianojys optimize --model chorale --explain schedules.svg
              pianojys optimize --model my-model/model.safetensors --corpus my.corpus --task harmonise --output Schedules/mine/
            """)

    @OptionGroup(title: "Model")
    var model: ModelOptions

    @Option(help: "generate, continue, harmonise (to lane 1) or infill.")
    var task = "generate"

    @Option(
        name: .customLong("sampler"),
        help:
            "The sampler: tweedie, euler or dispersed. (default: dispersed; of noise without a mask, and of golden, tweedie)"
    )
    var chosenSampler: String?

    @Option(
        help:
            "dp (the best for every number of steps) or golden (the paper's search: 1, 2, 4, ...; used where --schedule names its file)."
    )
    var method = "dp"

    @Option(
        help:
            "What a step is taken to keep fixed, of noise other than absorbing: rates (the paper's) or posterior. (default: rates)"
    )
    var freezing: Freezing?

    @Option(
        help:
            "Measure on noised data, or on what the model itself makes of noise; of noise other than absorbing. (default: data)"
    )
    var paths: Paths?

    @Option(help: "The corpus; its training split is used. \(CorpusInput.usual)")
    var corpus: String?

    @Option(help: "Schedules of 1 up to so many steps, at most 512.")
    var maxNfe = 64

    @Option(help: "Windows to measure on, at least 2.")
    var samples = 192

    @Option(
        help:
            "Noise levels to measure at, 2 to 4096; of noise other than absorbing those of the fine grid, beside uniform ones."
    )
    var gridSize = 64

    @Option(help: "The seed of windows and noise.")
    var seed: UInt64 = 1

    @Option(
        name: .shortAndLong,
        help:
            "The folder, or the .json file, to write; '-' is standard output. (default: Schedules/MODEL/, or schedules/ beside a model's own file)"
    )
    var output: String?

    @Option(help: "Draw what was measured and found, as SVG, into this file.")
    var explain: String?

    @OptionGroup
    var consoleOptions: ConsoleOptions

    @Flag(
        help:
            "Write over schedules of another model, task, sampler or method, of more steps, or that were measured on another corpus or with more calls of the model."
    )
    var force = false

    @Flag(help: "Tell what was found as JSON.")
    var json = false

    func run() throws { try Processes.run(optimize) }

    private func optimize(in group: any ProcessGroup) throws {
        let console = consoleOptions.console(in: group)
        let interruption = Interruption()
        if let chosenSampler, !ScheduleSearch.samplers.contains(chosenSampler) {
            throw Failure.usage("--sampler is tweedie, euler or dispersed, not '\(chosenSampler)'")
        }
        guard let method = ScheduleFile.Method(rawValue: method) else {
            throw Failure.usage("--method is dp or golden, not '\(method)'")
        }
        guard (2...1_000_000).contains(samples) else {
            throw Failure.usage("--samples \(samples) is not in 2...1000000")
        }
        guard (2...4_096).contains(gridSize) else {
            throw Failure.usage("--grid-size \(gridSize) is not in 2...4096")
        }
        guard (1...512).contains(maxNfe) else { throw Failure.usage("--max-nfe \(maxNfe) is not in 1...512") }
        if let explain {
            try PictureFile.checkName(explain)
            if group.isFirst { try OutputFile.check(explain) }
        }
        let folder = try model.folder()
        let grids = try model.load()
        // An order of its own has no golden search.
        let usual = method == .golden ? SamplerChoice.tweedie.rawValue : nil
        let sampler = SamplerChoice.name(chosenSampler ?? usual, for: grids.process)
        let corpus = try corpus ?? CorpusInput.usualName(for: grids)
        let search = ScheduleSearch(
            task: task, sampler: sampler, method: method, freezing: freezing, paths: paths, maxNfe: maxNfe,
            gridSize: gridSize, seed: seed)
        try search.validate(for: grids, samples: samples)
        let windows = try MeasuringWindows(
            corpus: folder.corpusFile(corpus), model: grids, task: task,
            count: samples,
            seed: seed)
        var path: String?
        if group.isFirst {
            let target = try outputPath("\(task)-\(sampler)", method: method)
            try keepBetter(
                target, than: search, of: grids.name, on: corpus,
                calls: search.calls(for: grids, samples: samples))
            path = target
        }
        if let note = windows.leftOutNote { console.note(note) }
        let denoiser = grids.denoiser(
            timing: windows.timing, window: windows.window, pieceSteps: nil,
            transposition: windows.known == nil ? 0 : nil,
            precision: try model.chosenPrecision(),
            threads: try model.threadCount())
        var bar = ProgressBar("measuring", console: console)
        var file = try search.run(grids, denoiser, windows, in: group) { share in
            try interruption.check()
            bar.show(share)
        }
        console.endProgress()
        guard let path else { return }
        // The costs of an order of its own count from nothing, so that what matters is their difference.
        let isDispersed = sampler == SamplerChoice.dispersed.rawValue
        let unknown = isDispersed ? file.uncertaintyOfLargestSaving() : file.mostUncertainCost()
        if let unknown {
            let verb = isDispersed ? "save" : "cost"
            console.note(
                "what \(unknown.nfe) \(unknown.nfe == 1 ? "step \(verb)s" : "steps \(verb)") is known to within "
                    + "\(Int((100 * unknown.share).rounded())) % only: try --samples \(unknown.samplesWanted)"
            )
        }
        file.data = corpus
        try OutputFile.write([UInt8](try file.json()), to: path)
        if let explain { try OutputFile.write(Array(SchedulePicture.svg(file).utf8), to: explain) }
        try report(file, path: path)
    }

    private func outputPath(_ name: String, method: ScheduleFile.Method) throws -> String {
        let target = try output ?? model.schedules().path + "/"
        if target.hasSuffix(".json") || target == "-" || OutputFile.isDevice(target) {
            try OutputFile.check(target)
            return target
        }
        try OutputFile.makeFolder(target)
        let path =
            (target.hasSuffix("/") ? target : target + "/")
            + "\(name)\(method == .dp ? "" : "-\(method.rawValue)").json"
        try OutputFile.check(path)
        return path
    }

    /// Keeps a trial from taking the place of better schedules: refuses to write over those of another model, task, sampler or
    /// method, over those of more steps, over those measured on another corpus, and over those measured with more calls of the denoiser.
    private func keepBetter(
        _ path: String, than search: ScheduleSearch, of model: String, on corpus: String, calls: Int
    ) throws {
        guard !force, path != "-", !OutputFile.isDevice(path), let bytes = try? InputFile.bytes(path),
            let there = try? ScheduleFile(json: Data(bytes), named: path)
        else { return }
        // Under KLUB the method says what was frozen too.
        guard (there.model, there.task, there.sampler) == (model, search.task, search.sampler),
            there.method.hasPrefix(search.method.rawValue)
        else {
            throw Failure.usage(
                "\(path) holds schedules of the model \(there.model) for \(there.task) by \(there.sampler), found by "
                    + "\(there.method): name another --output, or --force")
        }
        if let data = there.data, !CorpusInput.isSame(data, corpus) {
            throw Failure.usage(
                "\(path) was measured on the corpus \(data), and this would be on \(corpus): name another "
                    + "--output, or --force")
        }
        let most = there.schedules.map(\.nfe).max() ?? 0
        guard most <= maxNfe else {
            throw Failure.usage(
                "\(path) has schedules of up to \(most) steps, and this would make those of up to \(maxNfe): give more "
                    + "--max-nfe, name another --output, or --force")
        }
        guard there.denoiserCalls <= calls else {
            throw Failure.usage(
                "\(path) was measured with \(there.denoiserCalls) calls of the model, and this would take \(calls): name "
                    + "another --output, or --force")
        }
    }

    private struct Report: Encodable {
        let path: String
        let schedules: [ScheduleFile.Entry]
    }

    private func report(_ file: ScheduleFile, path: String) throws {
        if path == "-" { return }
        if json {
            try Console.result(JSONText.encode(Report(path: path, schedules: file.schedules)))
            return
        }
        try Console.result("NFE\tcost, nats\tuniform\tsaved")
        for entry in file.schedules where entry.nfe.nonzeroBitCount == 1 || entry.nfe == file.schedules.count
        {
            let errors = entry.standardErrors
            let figures = [
                Self.figure(entry.cost, errors?.cost), Self.figure(entry.uniformCost, errors?.uniformCost),
                Self.figure(entry.uniformCost - entry.cost, errors?.saving),
            ]
            try Console.result("\(entry.nfe)\t\(figures.joined(separator: "\t"))")
        }
        if let curve = file.curve {
            let share = try InformationCurve(
                cellCount: curve.cells, times: curve.times, values: curve.values
            ).costOfManySteps
            consoleOptions.console.note(
                "of many steps the best schedule costs \(String(format: "%.2f", share)) of a uniform one")
        }
        for file in [path, explain].compactMap({ $0 }) { try Console.result(file) }
    }

    /// A cost with half its 95 % interval.
    private static func figure(_ value: Double, _ standardError: Double?) -> String {
        let spread = standardError.map { " ± " + String(format: "%.2f", 1.96 * $0) } ?? ""
        return String(format: "%.2f", value) + spread
    }
}
