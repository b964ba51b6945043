import ArgumentParser
import GridTraining
import NeuralEngine
import Training

/// How a model is trained.
struct TrainingOptions: ParsableArguments {
    @Option(help: "Optimiser steps. (default: 20000, or as in the checkpoint)")
    var steps: Int?

    @Option(
        help:
            "Let the rate fall over so many last steps, after a plateau; half a cosine unless given. Until then a run can be made longer: --resume --steps."
    )
    var decaySteps: Int?

    @Option(help: "Windows in a batch.")
    var batch = 16

    @Option(help: "The highest learning rate.")
    var rate: Float = 1e-3

    @Option(help: "Steps over which the rate rises.")
    var warmup = 500

    @Option(help: "The share of each branch that dropout leaves out.")
    var dropout: Float = 0.1

    @Option(help: "The share of the attention's probabilities that dropout leaves out.")
    var attentionDropout: Float = 0

    @Option(help: "Weight decay of the matrices.")
    var weightDecay: Float = 0.05

    @Option(help: "Decay of the average of the weights.")
    var averageDecay: Float = 0.999

    @Option(help: "The share of windows in which something is known from the start.")
    var conditionalShare = 0.25

    @Option(help: "Steps between validations.")
    var validationInterval = 1_000

    @Option(help: "The seed of everything random.")
    var seed: UInt64 = 1

    @Option(
        help:
            "Threads of each process, at most as many as windows in a batch. (default: as many as there are cores, or as in the checkpoint)"
    )
    var threads: Int?

    @Option(help: "f32, bf16 or auto.")
    var precision = "auto"

    var settings: TrainingSettings {
        var settings = TrainingSettings()
        extend(&settings)
        settings.batch = batch
        settings.rate = rate
        settings.warmup = warmup
        settings.dropout = dropout
        settings.attentionDropout = attentionDropout == 0 ? nil : attentionDropout
        settings.weightDecay = weightDecay
        settings.averageDecay = averageDecay
        settings.validationInterval = validationInterval
        settings.seed = seed
        settings.threads = threads ?? max(1, min(Engine.threads, batch))
        settings.usesBF16 = precision == "bf16" || (precision == "auto" && Engine.hasBF16)
        return settings
    }

    var windows: WindowSettings {
        var windows = WindowSettings()
        windows.conditionalShare = conditionalShare
        return windows
    }

    /// Sets what a run that is resumed may be given anew: its length, and on how many threads it goes on.
    func extend(_ settings: inout TrainingSettings) {
        settings.steps = steps ?? settings.steps
        settings.decaySteps = decaySteps ?? settings.decaySteps
        settings.threads = threads ?? settings.threads
    }

    func validate() throws {
        guard precision == "auto" || Precision(rawValue: precision) != nil else {
            throw ValidationError("--precision is auto, f32 or bf16, not \(precision)")
        }
    }
}
