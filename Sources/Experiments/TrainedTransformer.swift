import DenoisingTransformer
import DiscreteDiffusion
import NeuralEngine
import Training

/// A transformer that an experiment has trained itself, in minutes.
struct TrainedTransformer {
    /// The model.
    let model: Model
    /// The mean cross-entropy in the last hundred steps, nats a noised cell.
    let loss: Double

    /// Trains.
    ///
    /// - Parameters:
    ///   - configuration: The model's shape.
    ///   - process: The noise.
    ///   - source: What to learn from.
    ///   - steps: Optimiser steps, of 16 samples each.
    ///   - dropout: The share of each branch that dropout leaves out.
    ///   - progress: Called with the share that is done; what it throws ends the training.
    init(
        _ configuration: TransformerConfiguration, process: any ForwardProcess, source: some ExampleSource,
        steps: Int, dropout: Float = 0, seed: UInt64, threads: Int, progress: (Double) throws -> Void
    ) throws {
        var settings = TrainingSettings()
        settings.steps = steps
        settings.rate = 2e-3
        settings.warmup = min(200, steps)
        settings.dropout = dropout
        settings.averageDecay = 0.99
        settings.seed = seed
        settings.usesBF16 = Engine.hasBF16
        settings.threads = min(threads, settings.batch)
        let run = try TrainingRun(
            settings: settings, configuration: configuration, process: process, source: source, validation: []
        )
        var losses: [Double] = []
        while !run.isFinished {
            losses.append(try run.advance().loss / Double(configuration.lanes))
            try progress(Double(run.step) / Double(steps))
        }
        let last = losses.suffix(100)
        model = try run.model()
        loss = last.reduce(0, +) / Double(last.count)
    }

    /// How many numbers the model has.
    var parameterCount: Int { ParameterLayout(model.configuration).parameterCount }

    /// The model as the samplers see it, on samples of its own length with no features but the time.
    func denoiser(threads: Int) -> TransformerDenoiser {
        TransformerDenoiser(
            model: model, contexts: [], steps: model.configuration.steps, threads: threads)
    }
}
