import Composition
import DiscreteDiffusion
import GridTraining
import JumpYourSteps
import NeuralEngine
import PianoRoll
import Training

/// The times of what a user waits for: a model read and made ready, a call of it, a window composed, schedules found, a step of training.
public struct ProductBenchmark {
    /// A stage and how long it takes.
    public struct Stage: Hashable, Sendable, Encodable {
        /// What was done.
        public let name: String
        /// The median time of doing it once, milliseconds.
        public let milliseconds: Double
    }

    /// The model's file.
    public var path: String
    /// Pieces to measure and to train on, in the model's vocabulary.
    public var pieces: [TokenGrid]
    /// The sampler, of a call a step.
    public var sampler: any Sampler
    /// Steps of the sampler.
    public var steps: Int
    /// Windows that schedules are measured on, at 64 times each; at least 2.
    public var windows: Int
    /// The precision of the matrix products.
    public var precision: Precision
    /// Threads, for several windows at once.
    public var threads: Int
    /// Runs that each median is taken of.
    public var runs: Int

    /// Creates a benchmark.
    public init(
        path: String, pieces: [TokenGrid], sampler: any Sampler, steps: Int, windows: Int,
        precision: Precision, threads: Int,
        runs: Int
    ) {
        (self.path, self.pieces, self.sampler, self.steps, self.windows) = (
            path, pieces, sampler, steps, windows
        )
        (self.precision, self.threads, self.runs) = (precision, threads, runs)
    }

    /// Measures all stages.
    ///
    /// - Throws: `ModelError`, `EngineError`, and what sampling and training throw.
    public func measure() throws -> [Stage] {
        let model = try GridModel(path: path)
        var stages: [Stage] = []
        func time(_ name: String, runs: Int, _ body: () throws -> Void) throws {
            let seconds = try Stopwatch.median(runs: runs, warmups: 1, body)
            stages.append(Stage(name: name, milliseconds: (seconds * 1e6).rounded() / 1e3))
        }
        try time("read the model", runs: runs) { _ = try GridModel(path: path) }
        // All cells hidden, or of other noise the same state.
        let token = Token(model.process.hasMask ? model.process.stateCount : 0)
        let noise = Array(repeating: token, count: cells(model))
        try time("make it ready and call it once", runs: runs) {
            try Self.call(denoiser(model), noise, count: 1)
        }
        let ready = denoiser(model)
        try time("call it on one window", runs: runs) { try Self.call(ready, noise, count: 1) }
        try time("call it on 64 windows", runs: max(1, runs / 4)) {
            try Self.call(ready, Array(repeating: noise, count: 64).flatMap { $0 }, count: 64)
        }
        let schedule = try Schedule.uniform(steps)
        try time("compose a window in \(steps) calls", runs: runs) {
            _ = try sampler.sample(
                count: 1, seed: 1, process: model.process, denoiser: ready, schedule: schedule)
        }
        try optimise(model, ready, time: time)
        try train(model, time: time)
        return stages
    }

    private typealias Time = (_ name: String, _ runs: Int, _ body: () throws -> Void) throws -> Void

    /// Schedules of up to 64 steps, of absorbing noise.
    private func optimise(_ model: GridModel, _ denoiser: any Denoiser, time: Time) throws {
        guard model.process.hasMask else { return }
        let data = pieces.filter { $0.steps >= model.steps }.prefix(windows).flatMap {
            $0.slice(steps: 0..<model.steps).tokens
        }
        var measured: InformationCurveMeasurement?
        try time("measure the curve on \(data.count / cells(model)) windows at 64 times", 1) {
            measured = try .some(InformationCurve.measure(denoiser: denoiser, data: data, seed: 1))
        }
        guard let curve = try measured?.curve() else { return }
        try time("find the schedules of 1 to 64 steps", runs) {
            _ = curve.optimalSchedules(upTo: 64)
        }
    }

    /// A step of training of a model of this shape.
    private func train(_ model: GridModel, time: Time) throws {
        var settings = TrainingSettings()
        settings.threads = threads
        settings.usesBF16 = precision == .bf16
        settings.steps = 1_000_000
        settings.validationInterval = settings.steps
        let run = try TrainingRun(
            settings: settings, windows: WindowSettings(), configuration: model.transformer.configuration,
            description: model.description, training: pieces, validation: [])
        try time("train a step of \(settings.batch) windows", runs) { _ = try run.advance() }
    }

    private func cells(_ model: GridModel) -> Int { model.steps * model.lanes }

    private func denoiser(_ model: GridModel) -> any Denoiser {
        model.denoiser(
            timing: TokenGrid.Timing(), window: 0..<model.steps, pieceSteps: nil, transposition: 0,
            precision: precision, threads: threads)
    }

    private static func call(_ denoiser: any Denoiser, _ tokens: [Token], count: Int) throws {
        var logits = [Double](repeating: 0, count: tokens.count * denoiser.stateCount)
        let times = [Double](repeating: 1, count: count)
        var output = logits.mutableSpan
        try denoiser.predict(tokens: tokens.span, times: times.span, logits: &output)
    }
}
