import Composition
import DiscreteDiffusion
import Evaluation
import GridTraining
import JumpYourSteps
import NeuralEngine
import PianoRoll
import Plots
import Training

/// Chorales composed, continued, harmonised and filled in by a model of absorbing noise, with equal steps and with the schedules of each
/// task.
public struct ChoraleExperiment: Sendable {
    /// What is given of a window, and what is composed.
    public struct Task: Sendable {
        /// The task's name, such as `harmonise`.
        public var name: String
        /// The cells that are given, `[steps * lanes]`; nil if none.
        public var known: [Bool]?
        /// Its schedules, of 1, 2, ... steps, for `tweedie`.
        public var schedules: [Schedule]
        /// The same for `dispersed`.
        public var dispersed: [Schedule]

        /// Creates a task.
        public init(name: String, known: [Bool]?, schedules: [Schedule], dispersed: [Schedule]) {
            self.name = name
            self.known = known
            self.schedules = schedules
            self.dispersed = dispersed
        }
    }

    /// Pieces of each seed, at least 2.
    public var count = 32
    /// Seeds of a figure.
    public var seeds = 3
    /// Windows that golden search measures on, for the task without anything given.
    public var dataCount = 32
    /// The numbers of steps, powers of two.
    public var steps = [2, 4, 8, 16, 32, 64]
    /// Noise levels at which the bound of a composed piece is measured.
    public var levels = 8
    /// What everything random is drawn from.
    public var seed: UInt64 = 1
    /// Threads of the model.
    public var threads = 1

    private let model: GridModel
    private let training: [TokenGrid]
    private let heldOut: [TokenGrid]
    private let tasks: [Task]

    /// Creates the experiment as it is published here.
    ///
    /// - Parameters:
    ///   - model: A model of absorbing noise.
    ///   - training: Pieces to search on, in its vocabulary; whole windows of them in 4/4 are used.
    ///   - heldOut: Pieces to compose to and to measure against, likewise.
    ///   - tasks: The tasks.
    public init(model: GridModel, training: [TokenGrid], heldOut: [TokenGrid], tasks: [Task]) {
        self.model = model
        self.tasks = tasks
        func windows(_ pieces: [TokenGrid]) -> [TokenGrid] {
            pieces.flatMap { piece -> [TokenGrid] in
                var timing = TokenGrid.Timing()
                timing.firstStepInBar = piece.timing.firstStepInBar
                guard piece.timing == timing else { return [] }
                let first = (timing.stepsPerBar - timing.firstStepInBar) % timing.stepsPerBar
                return stride(from: first, through: piece.steps - model.steps, by: model.steps).map {
                    piece.slice(steps: $0..<$0 + model.steps)
                }
            }
        }
        self.training = windows(training)
        self.heldOut = windows(heldOut)
    }

    /// Runs it.
    ///
    /// - Parameter progress: Called with the share that is done; what it throws ends the run.
    /// - Throws: `CostError.nothingFree` if there are no windows, and what sampling throws.
    public func run(progress: (Double) throws -> Void = { _ in }) throws -> ExperimentResult {
        guard heldOut.count >= 2, training.count >= 2 else { throw CostError.nothingFree }
        let evaluator = Evaluator(reference: heldOut)
        let titles = ["Mean distance", "Faults a bar", "Bound, nats a frame"]
        var tables: [EvaluationReport] = []
        var remarks: [String] = []
        for (index, task) in tasks.enumerated() {
            let start = Double(index) / Double(tasks.count)
            var found = try search(task) { try progress(start + $0 * 0.2 / Double(tasks.count)) }
            found.add(dp: task.dispersed, for: DispersedSampler())
            remarks += [found.remark].filter { !$0.isEmpty }
            tables += try found.tables(titles.map { "\(task.name): \($0)" }, steps: steps) {
                try progress(start + (0.2 + 0.8 * $0) / Double(tasks.count))
            } measure: { column, schedule, progress in
                let made = try (0..<seeds).map { number in
                    try compose(
                        task, column.sampler ?? TweedieSampler(), schedule, seed: seed + UInt64(number)
                    ) {
                        try progress((Double(number) + $0) / Double(seeds))
                    }
                }
                return try figures(made, evaluator)
            }
        }
        let real = try figures(
            (0..<seeds).map { number in (0..<count).map { training[(number * count + $0) % training.count] }
            },
            evaluator)
        return ExperimentResult(
            name: "chorale", title: "Chorales: four tasks",
            remarks: [
                "Model \(model.name), tweedie unless said otherwise: \(seeds) seeds of \(count) windows of \(model.steps) steps, intervals over seeds. continue "
                    + "is given the first half, harmonise the soprano, infill the first and last quarter, of held-out windows. The bound is "
                    + "the model's own, of what it has composed.",
                "As many windows of the training split: "
                    + zip(titles, real).map { "\($0.lowercased()) \(described($1))" }.joined(separator: "; ")
                    + ". dp: the schedules that `optimize` has found for each task.",
            ] + remarks,
            tables: tables,
            picture: PlotSheet(
                title: "Chorales", tables.map { $0.plot($0.title) }, columns: titles.count))
    }

    private func described(_ estimate: Estimate?) -> String {
        guard let estimate else { return "-" }
        func rounded(_ value: Double) -> Double { (value * 1e3).rounded() / 1e3 }
        return "\(rounded(estimate.mean))" + (estimate.halfWidth.map { " ± \(rounded($0))" } ?? "")
    }

    /// The model in the middle of a piece in 4/4.
    private func denoiser(_ task: Task) -> any Denoiser {
        let timing = TokenGrid.Timing()
        let first = 64 * timing.stepsPerBar
        return model.denoiser(
            timing: timing, window: first..<first + model.steps, pieceSteps: nil,
            transposition: task.known == nil ? 0 : nil, threads: threads)
    }

    /// The schedules of a task; those of golden search where nothing is given.
    private func search(_ task: Task, progress: (Double) throws -> Void) throws -> SearchedSchedules {
        guard task.known == nil else { return SearchedSchedules(dp: task.schedules) }
        var generator = CounterGenerator(seed: seed, for: .data)
        let data = generator.drawOrder(of: training.count).prefix(dataCount).flatMap { training[$0].tokens }
        return try SearchedSchedules(
            process: AbsorbingProcess(stateCount: model.vocabulary.count), denoiser: denoiser(task),
            data: data, dp: task.schedules, limit: steps.max() ?? 1, seed: seed, progress: progress)
    }

    private func compose(
        _ task: Task, _ sampler: any Sampler, _ schedule: Schedule, seed: UInt64,
        progress: (Double) throws -> Void
    ) throws -> [TokenGrid] {
        let given = (0..<count).map { heldOut[$0 % heldOut.count] }
        let patterns = task.known.map { known in
            given.map { window in zip(window.tokens, known).map { $1 ? $0 : nil } }
        }
        let drawn = try sampler.sample(
            count: count, seed: seed, process: AbsorbingProcess(stateCount: model.vocabulary.count),
            denoiser: denoiser(task), schedule: schedule,
            clamp: patterns.map(Clamp.init(perSample:)) ?? .none, progress: { try progress($0.share) })
        return (0..<count).map { index in
            var grid = given[index]
            grid.tokens = Array(drawn[index])
            return grid.repaired()
        }
    }

    /// Mean distance, faults a bar and the model's bound, of the pieces of each seed.
    private func figures(_ seeds: [[TokenGrid]], _ evaluator: Evaluator) throws -> [Estimate?] {
        let distances = evaluator.row("", seeds: seeds).values[Evaluator.meanDistance]
        let faults = seeds.map { grids in
            let leading = VoiceLeading(grids)
            return VoiceLeading.Fault.allCases.reduce(0) { $0 + (leading.rate(of: $1) ?? 0) }
        }
        let bounds = try seeds.map { grids in
            try HeldOutBound.measure(
                model, pieces: grids, precision: Engine.hasBF16 ? .bf16 : .f32, levels: levels, seed: seed,
                threads: threads
            ).perFrame
        }
        return [distances, Estimate(seeds: faults), Estimate(seeds: bounds)]
    }
}
