import DenoisingTransformer
import DiscreteDiffusion
import NeuralEngine
import RealModule

/// The transformer on as many threads as training uses: each has its plan and takes its share of a batch.
///
/// A plan is used by one thread at a time, since thread `i` takes plan `i` and `run` returns when all have ended.
final class ShardedTransformer: @unchecked Sendable {
    private let plans: [TransformerPlan]

    /// Prepares the plans.
    ///
    /// - Parameters:
    ///   - batch: Windows of a batch, shared out as evenly as can be.
    ///   - dropout, attentionDropout: As in `TransformerPlan`; nil for plans that only measure.
    init(
        _ configuration: TransformerConfiguration, parameters: Buffer, operands: Buffer?, batch: Int,
        threads: Int,
        dropout: Float?, attentionDropout: Float = 0
    ) throws(EngineError) {
        var plans: [TransformerPlan] = []
        for worker in 0..<threads {
            let share = batch * (worker + 1) / threads - batch * worker / threads
            plans.append(
                try TransformerPlan(
                    configuration, parameters: parameters, operands: operands, batch: share,
                    steps: configuration.steps, threads: 1, dropout: dropout,
                    attentionDropout: attentionDropout))
        }
        self.plans = plans
    }

    /// The gradients of each thread's share.
    var gradients: [Buffer] { plans.compactMap(\.gradients) }

    /// The weighted loss of each example, and in training the gradient of their mean.
    ///
    /// - Parameters:
    ///   - examples: A whole batch.
    ///   - seeds: What each thread's dropout is drawn from.
    /// - Returns: For each example, the sum over cells of weight times cross-entropy, in nats.
    func run(_ examples: [Example], seeds: [UInt32]) throws -> [Double] {
        var results = [Double](repeating: 0, count: examples.count)
        let starts = plans.reduce(into: [0]) { $0.append($0[$0.count - 1] + $1.batch) }
        try results.withUnsafeMutableBufferPointer { results in
            nonisolated(unsafe) let results = results  // each thread writes its own examples' slots
            try Workers.perform(plans.count) { worker in
                let share = examples[starts[worker]..<starts[worker + 1]]
                let losses = try Self.run(self.plans[worker], share, of: examples.count, seed: seeds[worker])
                for (i, loss) in losses.enumerated() { results[starts[worker] + i] = loss }
            }
        }
        return results
    }

    private static func run(
        _ plan: TransformerPlan, _ examples: ArraySlice<Example>, of batch: Int, seed: UInt32
    ) throws -> [Double] {
        let tokens = examples.flatMap(\.tokens)
        let contexts = examples.flatMap(\.contexts)
        let targets = examples.flatMap(\.targets).map(Int32.init)
        let weights = examples.flatMap { $0.weights.map { $0 / Float(batch) } }
        try plan.forward(tokens: tokens.span, contexts: contexts.span, seed: seed)
        var losses = [Float](repeating: 0, count: targets.count)
        _ = try losses.withUnsafeMutableBufferPointer {
            try plan.loss(targets: targets, weights: weights, losses: $0, seed: seed)
        }
        let cells = targets.count / examples.count
        return examples.enumerated().map { index, example in
            (0..<cells).reduce(0.0) { $0 + Double(example.weights[$1]) * Double(losses[index * cells + $1]) }
        }
    }

    /// The sum over noised cells of `ForwardProcess.boundRate` of each example at its time, nats a unit of time.
    func boundRates(_ examples: [Example], process: some ForwardProcess, times: [Double]) throws -> [Double] {
        var results = [Double](repeating: 0, count: examples.count)
        let starts = plans.reduce(into: [0]) { $0.append($0[$0.count - 1] + $1.batch) }
        try results.withUnsafeMutableBufferPointer { results in
            nonisolated(unsafe) let results = results  // each thread writes its own examples' slots
            try Workers.perform(plans.count) { worker in
                let share = starts[worker]..<starts[worker + 1]
                let tokens = examples[share].flatMap(\.tokens)
                let contexts = examples[share].flatMap(\.contexts)
                try self.plans[worker].forward(tokens: tokens.span, contexts: contexts.span)
                for (place, index) in share.enumerated() {
                    results[index] = Self.boundRate(
                        examples[index], logits: self.plans[worker].logits, place: place, process: process,
                        at: times[index])
                }
            }
        }
        return results
    }

    private static func boundRate(
        _ example: Example, logits: Buffer, place: Int, process: some ForwardProcess, at time: Double
    ) -> Double {
        let (cells, states) = (example.tokens.count, process.stateCount)
        var sum = 0.0
        for cell in 0..<cells where example.weights[cell] > 0 {
            let start = (place * cells + cell) * states
            let row = (0..<states).map { Double(logits.floats[start + $0]) }
            let highest = row.max() ?? 0
            let shares = row.map { Double.exp($0 - highest) }
            let total = shares.reduce(0, +)
            let posterior = shares.map { $0 / total }
            sum += process.boundRate(
                of: example.tokens[cell], clean: example.targets[cell], posterior: posterior.span, at: time)
        }
        return sum
    }
}
