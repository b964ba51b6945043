import NeuralEngine

/// Everything that decides how a model comes out of training, besides its shape and its data.
public struct TrainingSettings: Hashable, Sendable, Codable {
    /// Optimiser steps of the whole run.
    public var steps = 20_000
    /// Samples in a batch.
    public var batch = 16
    /// The highest learning rate.
    public var rate: Float = 1e-3
    /// Steps over which the rate rises to its highest, from nothing.
    public var warmup = 500
    /// Steps at the end over which the rate falls; nil for half a cosine from the warm-up on.
    public var decaySteps: Int?
    /// The share of the highest rate that is left at the end.
    public var finalRate: Float = 0.02
    /// Decay of the mean squared gradient.
    public var beta2: Float = 0.98
    /// Weight decay of the matrices.
    public var weightDecay: Float = 0.05
    /// The largest norm of a gradient.
    public var clip: Float = 1
    /// Decay of the moving average of the parameters, which is what is kept as the model.
    public var averageDecay: Float = 0.999
    /// The share of each branch that dropout leaves out.
    public var dropout: Float = 0.1
    /// The share of the attention's probabilities that dropout leaves out; nil for none.
    public var attentionDropout: Float?
    /// Steps between validations and checkpoints.
    public var validationInterval = 1_000
    /// Noise levels a held-out window is validated at.
    public var validationLevels = 8
    /// The name of the model whose weights the run began with; nil if they were drawn.
    public var initialModel: String?
    /// What all random numbers of the run are drawn from.
    public var seed: UInt64 = 1
    /// Threads of each process, each of which takes a share of the batch. Sums are rounded by their number, so that a run is the same,
    /// bit for bit, on the same number of threads and processes alone; on others it differs by rounding.
    public var threads = 2
    /// Whether matrix products are computed in bf16.
    public var usesBF16 = true

    /// The usual settings.
    public init() {}

    /// The learning rate of a step, counted from 1: a linear rise, then half a cosine; or, with `decaySteps`, a plateau and a
    /// linear fall, so that a run can be made longer from any step of its plateau (Hägele et al. 2024, arXiv 2405.18392).
    public func rate(atStep step: Int) -> Float {
        guard step > warmup else { return rate * Float(step) / Float(max(1, warmup)) }
        if let decaySteps {
            let left = min(1, Float(max(0, steps - step)) / Float(max(1, decaySteps)))
            return rate * (finalRate + (1 - finalRate) * left)
        }
        let progress = min(1, Float(step - warmup) / Float(max(1, steps - warmup)))
        return rate * (finalRate + (1 - finalRate) * 0.5 * (1 + Float.cos(.pi * progress)))
    }

    var optimiser: AdamW.Settings {
        var settings = AdamW.Settings()
        settings.beta2 = beta2
        settings.weightDecay = weightDecay
        settings.clip = clip
        settings.averageDecay = averageDecay
        return settings
    }

    /// What is wrong with the settings, or nil.
    public var fault: String? {
        if !(1...100_000_000).contains(steps) { return "steps \(steps)" }
        if !(1...65_536).contains(batch) { return "batch \(batch)" }
        if !(rate > 0 && rate < 1) { return "rate \(rate)" }
        if !(0...100_000_000).contains(warmup) { return "warm-up over \(warmup) steps" }
        if !(0...1).contains(finalRate) { return "final rate \(finalRate)" }
        if !(0..<1).contains(beta2) { return "beta2 \(beta2)" }
        if !(0..<1).contains(weightDecay) { return "weight decay \(weightDecay)" }
        if !(clip > 0) { return "clipping at \(clip)" }
        if !(0..<1).contains(averageDecay) { return "average decay \(averageDecay)" }
        if !(0..<1).contains(dropout) { return "dropout \(dropout)" }
        if let attentionDropout, !(0..<1).contains(attentionDropout) {
            return "attention dropout \(attentionDropout)"
        }
        if !(1...10_000).contains(validationLevels) { return "\(validationLevels) validation levels" }
        if let decaySteps, !(0...steps).contains(decaySteps) {
            return "a fall of the rate over \(decaySteps) of \(steps) steps"
        }
        if validationInterval < 1 { return "validation interval \(validationInterval)" }
        if !(1...1024).contains(threads) || threads > batch {
            return "\(threads) threads for a batch of \(batch)"
        }
        return nil
    }
}
