import DiscreteDiffusion
import NeuralEngine

/// A transformer as the samplers see it: `log p(x_0^d = . | x_t)` of every cell.
///
/// Absorbing noise shows its level by the number of hidden cells; of other noise the network is told the time, where its
/// configuration says so.
public final class TransformerDenoiser: Denoiser {
    /// Cells of a sample: lanes times steps.
    public let cellCount: Int
    /// Tokens of the vocabulary, MASK not counted.
    public let stateCount: Int

    private let model: Model
    private let parameters: Buffer
    private let operands: Buffer?
    private let contexts: [Int32]
    private let steps: Int
    private let threads: Int
    private var plans: [PlanKey: TransformerPlan] = [:]
    private var crew: Crew?

    private struct PlanKey: Hashable {
        let worker: Int
        let batch: Int
        let isByCrew: Bool
    }

    /// Positions that are worth a thread of their own, and the most threads that share a sample.
    private static let (positionsPerMember, largestCrew) = (32, 4)
    /// How many samples a worker handles at once: enough to fill the matrix kernels, few enough for the caches.
    private static let largestBatch = 8

    /// Prepares a model for grids of one length.
    ///
    /// - Parameters:
    ///   - model: The model.
    ///   - contexts: The context features of each step besides the time, `[steps, givenContexts]`, the same for every sample.
    ///   - steps: Steps of a sample.
    ///   - precision: The precision of the matrix products; nil takes bf16 where the processor has it.
    ///   - threads: Threads to share samples out to.
    public init(model: Model, contexts: [Int32], steps: Int, precision: Precision? = nil, threads: Int) {
        let c = model.configuration
        precondition(contexts.count == steps * c.givenContexts, "\(contexts.count) context features")
        self.model = model
        self.contexts = contexts
        self.steps = steps
        self.threads = max(1, threads)
        cellCount = steps * c.lanes
        stateCount = c.stateCount
        (parameters, operands) = model.weights(for: precision ?? (Engine.hasBF16 ? .bf16 : .f32))
    }

    /// The precision of the matrix products.
    public var precision: Precision { operands == nil ? .f32 : .bf16 }

    /// Computes the logits of every cell; see `Denoiser`.
    ///
    /// - Throws: `EngineError` if oneDNN cannot run on this processor; the denoiser is of no use then.
    public func predict(tokens: Span<Token>, times: Span<Double>, logits: inout MutableSpan<Double>) throws {
        let batch = times.count
        precondition(tokens.count == batch * cellCount && logits.count == tokens.count * stateCount)
        guard batch > 0 else { return }
        // Samples are shared out, a thread each; a single one is computed by a crew.
        let workers = min(threads, batch)
        let rounds = (batch + workers * Self.largestBatch - 1) / (workers * Self.largestBatch)
        let size = (batch + workers * rounds - 1) / (workers * rounds)
        let plans = try (0..<workers).map {
            try plan(worker: $0, batch: size, isByCrew: batch == 1)
        }
        let pieces = (batch + size - 1) / size
        let (configuration, given, steps) = (model.configuration, contexts, steps)
        let allContexts = times.withUnsafeBufferPointer {
            $0.map { configuration.contexts(given, steps: steps, at: $0) }
        }
        let cells = cellCount
        let states = stateCount
        try tokens.withUnsafeBufferPointer { tokens in
            try logits.withUnsafeMutableBufferPointer { logits in
                // Each piece reads and writes its own samples' part.
                nonisolated(unsafe) let tokens = tokens
                nonisolated(unsafe) let logits = logits
                nonisolated(unsafe) let plans = plans
                let run = { @Sendable (worker: Int) throws in
                    for piece in stride(from: worker, to: pieces, by: workers) {
                        let first = piece * size
                        let count = min(size, batch - first)
                        var input = Array(tokens[first * cells..<(first + count) * cells])
                        // A last piece that is short is filled up with copies, whose results are dropped.
                        var features = [Int32](allContexts[first..<first + count].joined())
                        for _ in count..<size {
                            input += input.prefix(cells)
                            features += allContexts[first]
                        }
                        try plans[worker].forward(tokens: input.span, contexts: features.span)
                        let output = plans[worker].logits.floats
                        let target = first * cells * states
                        for i in 0..<(count * cells * states) { logits[target + i] = Double(output[i]) }
                    }
                }
                try Workers.perform(workers, run)
            }
        }
    }

    private func plan(worker: Int, batch: Int, isByCrew: Bool) throws -> TransformerPlan {
        let key = PlanKey(worker: worker, batch: batch, isByCrew: isByCrew)
        if let plan = plans[key] { return plan }
        let plan = try TransformerPlan(
            model.configuration, parameters: parameters, operands: operands, batch: batch, steps: steps,
            threads: 1, crew: isByCrew ? crewForOne() : Crew(count: 1))
        plans[key] = plan
        return plan
    }

    /// The threads that compute a single sample.
    private func crewForOne() -> Crew {
        let positions = model.configuration.positions(steps: steps)
        let most = min(threads, Self.largestCrew, positions / Self.positionsPerMember)
        let crew = crew ?? Crew(count: max(1, most))
        self.crew = crew
        return crew
    }
}
