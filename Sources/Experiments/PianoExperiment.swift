import Composition
import DiscreteDiffusion
import Evaluation
import JumpYourSteps
import PianoRoll
import Plots

/// Continuations of held-out tunes under uniform noise: the paper's piano experiment on our melodies. (Campbell et al. 2022, arXiv
/// 2205.14987, section 6.3; Jump Your Steps, arXiv 2410.07761, section 5.3.)
///
/// Of each tune the first 32 steps are given, and the rest is set beside the tune's own.
public struct PianoExperiment {
    /// Versions of each tune.
    public var versions = 3
    /// Steps that are given.
    public var promptSteps = 32
    /// Training windows that costs are measured on.
    public var dataCount = 64
    /// The numbers of steps, powers of two.
    public var steps = [2, 4, 8, 16, 32, 64]
    /// What everything random is drawn from.
    public var seed: UInt64 = 1
    /// Threads to use.
    public var threads = 1

    private let model: GridModel
    private let training: [TokenGrid]
    private let tunes: [TokenGrid]

    /// Creates the experiment.
    ///
    /// - Parameters:
    ///   - model: A model of noise other than absorbing.
    ///   - training: Pieces to measure costs on, in its vocabulary.
    ///   - tunes: Held-out pieces; those too short for the model's window are left out.
    public init(model: GridModel, training: [TokenGrid], tunes: [TokenGrid]) {
        self.model = model
        self.training = training.filter { $0.steps >= model.steps && $0.timing == TokenGrid.Timing() }
        self.tunes = tunes.filter { $0.steps >= model.steps }
    }

    /// Runs it.
    ///
    /// - Parameter progress: Called with the share that is done; what it throws ends the run.
    /// - Throws: `CostError.nothingFree` if there is no tune or no two training windows, and what sampling throws.
    public func run(progress: (Double) throws -> Void = { _ in }) throws -> ExperimentResult {
        guard !tunes.isEmpty else { throw CostError.nothingFree }
        let found = try search { try progress($0 * 0.3) }
        var tables: [EvaluationReport] = []
        let samplers: [any Sampler] = [TweedieSampler(), EulerSampler()]
        for (index, sampler) in samplers.enumerated() {
            // Euler freezes rates: schedules for a frozen posterior are not its own.
            let columns = found.columns.filter {
                sampler is TweedieSampler || !$0.name.hasSuffix(Freezing.posterior.rawValue)
            }
            tables += try distances(sampler, columns) {
                try progress(0.3 + 0.35 * (Double(index) + $0))
            }
        }
        tables += found.costs(of: model.name)
        return ExperimentResult(
            name: "piano", title: "Continuing tunes under uniform noise",
            remarks: [
                "Model \(model.name): \(tunes.count) held-out tunes of at least \(model.steps) steps, the first "
                    + "\(promptSteps) of \(model.steps) given, \(versions) versions of each; intervals over versions. Hellinger: "
                    + "distance between the pitches after the prompt, the tune's own and the composed. Outliers: the share of "
                    + "composed cells whose pitch the tune never takes.",
                "Schedules were searched on \(min(dataCount, training.count)) training tunes (seed \(seed)): \(found.remark)",
            ],
            tables: tables,
            picture: PlotSheet(
                title: "Continuing tunes, \(model.name)", tables.map { $0.plot($0.title) }, columns: 2))
    }

    /// The model on the beginning of a tune of so many steps; nil if its end is not in sight.
    private func denoiser(_ timing: TokenGrid.Timing, pieceSteps: Int?) -> any Denoiser {
        model.denoiser(
            timing: timing, window: 0..<model.steps, pieceSteps: pieceSteps, transposition: nil,
            threads: threads)
    }

    private func search(progress: (Double) throws -> Void) throws -> SearchedSchedules {
        var generator = CounterGenerator(seed: seed, for: .data)
        let windows = generator.drawOrder(of: training.count).prefix(dataCount).map {
            training[$0].slice(steps: 0..<model.steps)
        }
        guard windows.count >= 2 else { throw CostError.nothingFree }
        let isKnown = (0..<model.steps * model.lanes).map { $0 < promptSteps * model.lanes }
        let limit = steps.max() ?? 1
        return try SearchedSchedules(
            model.process, denoiser: denoiser(TokenGrid.Timing(), pieceSteps: nil),
            data: windows.flatMap(\.tokens),
            known: windows.flatMap { _ in isKnown }, earliest: model.transformer.configuration.firstTime,
            limit: limit, seed: seed,
            progress: progress)
    }

    /// The tables of distance and of outliers.
    private func distances(
        _ sampler: any Sampler, _ columns: [SearchedSchedules.Column], progress: (Double) throws -> Void
    ) throws -> [EvaluationReport] {
        let metrics = columns.map(\.name)
        // [steps][column][version]: sums over tunes.
        let none = Array(repeating: Array(repeating: (0.0, 0.0), count: versions), count: columns.count)
        var sums = Array(repeating: none, count: steps.count)
        for (number, tune) in tunes.enumerated() {
            let denoiser = denoiser(tune.timing, pieceSteps: tune.steps)
            let piece = tune.slice(steps: 0..<model.steps)
            let clamp = Clamp(
                perSample: Array(
                    repeating: piece.tokens.enumerated().map {
                        $0.offset < promptSteps * model.lanes ? $0.element : nil
                    }, count: versions))
            for (row, steps) in steps.enumerated() {
                for (place, column) in columns.enumerated() {
                    guard let schedule = column.schedule(steps) else { continue }
                    let drawn = try sampler.sample(
                        count: versions, seed: seed, firstIndex: number * versions, process: model.process,
                        denoiser: denoiser, schedule: schedule, clamp: clamp)
                    for version in 0..<versions {
                        var grid = piece
                        grid.tokens = Array(drawn[version])
                        guard
                            let found = PromptContinuation(
                                of: grid.repaired(), against: piece, promptSteps: promptSteps)
                        else { continue }
                        sums[row][place][version].0 += found.hellinger
                        sums[row][place][version].1 += found.outliers
                    }
                }
            }
            try progress(Double(number + 1) / Double(tunes.count))
        }
        let count = Double(max(1, tunes.count))
        func table(_ title: String, _ value: ((Double, Double)) -> Double) -> EvaluationReport {
            var report = EvaluationReport(title: "\(title), \(sampler.name)", metrics: metrics)
            for (row, steps) in steps.enumerated() {
                var values: [String: Estimate] = [:]
                for (place, column) in columns.enumerated() where column.schedule(steps) != nil {
                    values[column.name] = Estimate(seeds: sums[row][place].map { value($0) / count })
                }
                report.rows.append(EvaluationReport.row(steps, values))
            }
            return report
        }
        return [table("Hellinger distance") { $0.0 }, table("Outliers") { $0.1 }]
    }
}
