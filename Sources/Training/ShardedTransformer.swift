import DenoisingTransformer
import DiscreteDiffusion
import NeuralEngine
import ProcessGroups
import RealModule

/// The transformer on as many threads as training uses: each has its plan and takes its share of what this process has of a batch.
///
/// A plan is used by one thread at a time, since thread `i` takes plan `i` and `run` returns when all have ended.
final class ShardedTransformer: @unchecked Sendable {
    private let plans: [TransformerPlan]
    /// Windows of the whole batch.
    private let batch: Int
    /// Where each thread's share begins among the windows of this process, and where the last one ends.
    private let starts: [Int]

    /// Prepares the plans.
    ///
    /// - Parameters:
    ///   - batch: Windows of a batch.
    ///   - share: Those of this process, one at least, which are shared out to threads as evenly as can be.
    ///   - threads: Threads; no more are used than there are windows.
    ///   - dropout, attentionDropout: As in `TransformerPlan`; nil for plans that only measure.
    init(
        _ configuration: TransformerConfiguration, parameters: Buffer, operands: Buffer?, batch: Int,
        share: Range<Int>, threads: Int, dropout: Float?, attentionDropout: Float = 0
    ) throws(EngineError) {
        let workers = min(threads, share.count)
        var plans: [TransformerPlan] = []
        for worker in 0..<workers {
            let own = share.share(worker, of: workers)
            plans.append(
                try TransformerPlan(
                    configuration, parameters: parameters, operands: operands, batch: own.count,
                    first: own.lowerBound, steps: configuration.steps, threads: 1, dropout: dropout,
                    attentionDropout: attentionDropout))
        }
        self.plans = plans
        self.batch = batch
        starts = plans.reduce(into: [0]) { $0.append($0[$0.count - 1] + $1.batch) }
    }

    /// Windows of a batch in which a model is measured.
    static let measuringBatch = 16

    /// Prepares the plans to measure a model, in batches of `measuringBatch` windows.
    convenience init(
        measuring configuration: TransformerConfiguration, parameters: Buffer, operands: Buffer?, threads: Int
    ) throws(EngineError) {
        try self.init(
            configuration, parameters: parameters, operands: operands, batch: Self.measuringBatch,
            share: 0..<Self.measuringBatch, threads: threads, dropout: nil)
    }

    /// The gradients of each thread's share.
    var gradients: [Buffer] { plans.compactMap(\.gradients) }

    /// The weighted loss of each example, and in training their part in the gradient of the whole batch's mean.
    ///
    /// - Parameters:
    ///   - examples: What this process has of a batch.
    ///   - seed: What the whole batch's dropout is drawn from.
    /// - Returns: For each example, the sum over cells of weight times cross-entropy, in nats.
    func run(_ examples: [Example], seed: UInt32 = 0) throws -> [Double] {
        zip(examples, try cellLosses(examples, seed: seed)).map { example, losses in
            zip(example.weights, losses).reduce(0.0) { $0 + Double($1.0) * Double($1.1) }
        }
    }

    /// As `run`, but for each example the cross-entropy of each cell that has a weight; 0 of the others.
    func cellLosses(_ examples: [Example], seed: UInt32 = 0) throws -> [ArraySlice<Float>] {
        var results = [ArraySlice<Float>](repeating: [], count: examples.count)
        try results.withUnsafeMutableBufferPointer { results in
            nonisolated(unsafe) let results = results  // each thread writes its own examples' slots
            try Workers.perform(plans.count) { worker in
                let start = self.starts[worker]
                let share = examples[start..<self.starts[worker + 1]]
                let losses = try Self.run(self.plans[worker], share, of: self.batch, seed: seed)
                let cells = losses.count / share.count
                for i in 0..<share.count { results[start + i] = losses[i * cells..<(i + 1) * cells] }
            }
        }
        return results
    }

    private static func run(
        _ plan: TransformerPlan, _ examples: ArraySlice<Example>, of batch: Int, seed: UInt32
    ) throws -> [Float] {
        let tokens = examples.flatMap(\.tokens)
        let contexts = examples.flatMap(\.contexts)
        let targets = examples.flatMap(\.targets).map(Int32.init)
        let weights = examples.flatMap { $0.weights.map { $0 / Float(batch) } }
        try plan.forward(tokens: tokens.span, contexts: contexts.span, seed: seed)
        var losses = [Float](repeating: 0, count: targets.count)
        _ = try losses.withUnsafeMutableBufferPointer {
            try plan.loss(targets: targets, weights: weights, losses: $0, seed: seed)
        }
        return losses
    }

    /// The sum over noised cells of `ForwardProcess.boundRate` of each example at its time, nats a unit of time.
    func boundRates(_ examples: [Example], process: some ForwardProcess, times: [Double]) throws -> [Double] {
        var results = [Double](repeating: 0, count: examples.count)
        try results.withUnsafeMutableBufferPointer { results in
            nonisolated(unsafe) let results = results  // each thread writes its own examples' slots
            try Workers.perform(plans.count) { worker in
                let share = self.starts[worker]..<self.starts[worker + 1]
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
