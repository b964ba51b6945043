import DenoisingTransformer
import DiscreteDiffusion
import NeuralEngine
import ProcessGroups

/// The bound of a model on held-out pieces: an upper bound on `-log p`, in nats.
///
/// Every piece counts whole, in consecutive windows of the model's length, the last one shorter; padding is not
/// scored. Each window is measured at noise levels that are spread evenly, one random level in each stratum. The bound is one
/// of windows given their features.
public struct HeldOutBound: Hashable, Sendable {
    /// One piece's share.
    public struct Piece: Hashable, Sendable {
        /// The bound of the whole piece, in nats.
        public var nats: Double
        /// Its frames (steps).
        public var frames: Int
        /// Its cells.
        public var cells: Int

        /// Puts a piece's figures together.
        public init(nats: Double, frames: Int, cells: Int) {
            self.nats = nats
            self.frames = frames
            self.cells = cells
        }
    }

    /// The pieces in the order given.
    public var pieces: [Piece]

    /// Puts the figures of pieces together.
    public init(pieces: [Piece]) { self.pieces = pieces }

    /// Nats a frame (all lanes of a step), over all pieces together.
    public var perFrame: Double { Self.perFrame(pieces) }
    /// Nats a cell, over all pieces together.
    public var perCell: Double {
        pieces.reduce(0) { $0 + $1.nats } / Double(max(1, pieces.reduce(0) { $0 + $1.cells }))
    }

    /// The 95 % interval of `perFrame` by bootstrap over pieces.
    ///
    /// - Precondition: `resamples >= 1`.
    public func interval(resamples: Int = 1_000, seed: UInt64) -> ClosedRange<Double> {
        precondition(resamples >= 1, "\(resamples) resamples")
        guard !pieces.isEmpty else { return 0...0 }
        // No window has this stream.
        var generator = CounterGenerator(seed: seed, for: .cost, stream: .max)
        let means = (0..<resamples)
            .map { _ in
                Self.perFrame(pieces.indices.map { _ in pieces[generator.drawIndex(below: pieces.count)] })
            }
            .sorted()
        return means[resamples * 25 / 1000]...means[min(resamples - 1, resamples * 975 / 1000)]
    }

    private static func perFrame(_ pieces: [Piece]) -> Double {
        pieces.reduce(0) { $0 + $1.nats } / Double(max(1, pieces.reduce(0) { $0 + $1.frames }))
    }

    /// Measures a model.
    ///
    /// - Parameters:
    ///   - configuration: The model's shape.
    ///   - process: The noise it was trained on.
    ///   - parameters: Its parameters, f32.
    ///   - operands: The same in bf16, or nil to measure in f32.
    ///   - pieces: Held-out pieces.
    ///   - levels: Noise levels a window.
    ///   - views: Other ways to show an example, such as transposed: the model's probabilities are the mean of those that it
    ///     gives the example and its views. A view that cannot be shown is nil, by what is visible alone; a cell that cannot be
    ///     what it is in a view has no weight there. Noise with a mask only.
    ///   - seed: What levels and noise are drawn from; the same seed noises the same cells.
    ///   - threads: Threads to use, at least 1.
    ///   - group: The processes that share the work out; what they find does not depend on their number.
    /// - Throws: `EngineError`, `ProcessGroupError`.
    /// - Precondition: `levels >= 1`, `threads >= 1`.
    public static func measure(
        _ configuration: TransformerConfiguration, process: some ForwardProcess, parameters: Buffer,
        operands: Buffer?, pieces: [HeldOutPiece], levels: Int, views: [(Example) -> Example?] = [],
        seed: UInt64, threads: Int, group: some ProcessGroup = SingleProcess()
    ) throws -> HeldOutBound {
        precondition(levels >= 1 && threads >= 1, "\(levels) levels, \(threads) threads")
        precondition(views.isEmpty || process.hasMask, "views under noise without a mask")
        let model = try ShardedTransformer(
            measuring: configuration, parameters: parameters, operands: operands, threads: threads)
        return try measure(
            pieces: pieces, configuration: configuration, process: process, levels: levels, seed: seed,
            batch: ShardedTransformer.measuringBatch, group: group
        ) { term, examples, times in
            switch term {
            case .crossEntropy:
                try zip(examples, model.meanCellLosses(examples, views: views)).map { example, losses in
                    zip(example.weights, losses).reduce(0) { $0 + Double($1.0) * $1.1 }
                }
            case .rates: try model.boundRates(examples, process: process, times: times)
            }
        }
    }

    /// What is asked of a model about an example at its time.
    package enum Term: Hashable, CaseIterable {
        /// The sum over cells of weight times cross-entropy.
        case crossEntropy
        /// The sum over cells of `ForwardProcess.boundRate`.
        case rates
    }

    /// Measures whatever answers for each example of a batch.
    ///
    /// Absorbing noise takes cross-entropies alone. Other noise takes the rates from the model's first level of time up to 1, below
    /// it the cross-entropy of cells decoded from there, and what the prior costs.
    package static func measure(
        pieces: [HeldOutPiece], configuration: TransformerConfiguration, process: some ForwardProcess,
        levels: Int, seed: UInt64, batch: Int, group: some ProcessGroup = SingleProcess(),
        losses: (Term, [Example], _ times: [Double]) throws -> [Double]
    ) throws -> HeldOutBound {
        var result = pieces.map { Piece(nats: 0, frames: $0.frames, cells: $0.cells) }
        // What each job adds to its piece; batches of jobs are shared out, and added up in the same order on all processes.
        var terms: [(piece: Int, nats: Double)] = []
        var batches = 0
        var pending: [Term: [(place: Int, scale: Double, example: Example, time: Double)]] = [:]
        func flush(_ term: Term) throws {
            guard let jobs = pending.removeValue(forKey: term), let last = jobs.last else { return }
            batches += 1
            guard group.takes(batches - 1) else { return }
            let full = jobs + Array(repeating: last, count: batch - jobs.count)
            for (job, loss) in zip(jobs, try losses(term, full.map(\.example), full.map(\.time))) {
                terms[job.place].nats = loss * job.scale
            }
        }
        let first = process.hasMask ? 0 : configuration.tellsTime ? configuration.firstTime : 1e-3
        let decodings = max(1, levels / 8)
        var stream: UInt64 = 0
        for (index, piece) in pieces.enumerated() {
            for window in piece.windows {
                let free = [Bool](repeating: true, count: window.tokens.count)
                func add(_ term: Term, level: Double, scale: Double, _ generator: inout CounterGenerator)
                    throws
                {
                    var example = Example(
                        clean: window.tokens, contexts: window.contexts, at: level, for: configuration)
                    example.noise(free: free, process: process, level: level, using: &generator)
                    pending[term, default: []].append((terms.count, scale, example, level))
                    terms.append((index, 0))
                    if pending[term]?.count == batch { try flush(term) }
                }
                for stratum in 0..<levels {
                    var generator = CounterGenerator(seed: seed, for: .cost, stream: stream)
                    stream += 1
                    let level = (Double(stratum) + generator.drawUnit()) / Double(levels)
                    if process.hasMask {
                        let scale = Double(free.count) / Double(levels)
                        try add(.crossEntropy, level: level, scale: scale, &generator)
                        continue
                    }
                    let time = first + (1 - first) * level
                    try add(.rates, level: time, scale: (1 - first) / Double(levels), &generator)
                    if stratum < decodings {
                        let scale = Double(free.count) / Double(decodings)
                        try add(.crossEntropy, level: first, scale: scale, &generator)
                    }
                }
                if !process.hasMask {
                    result[index].nats += window.tokens.reduce(0) { $0 + process.priorDivergence(of: $1) }
                }
            }
        }
        for term in Term.allCases { try flush(term) }
        var nats = terms.map(\.nats)
        try group.sum(&nats)
        for (term, nats) in zip(terms, nats) { result[term.piece].nats += nats }
        return HeldOutBound(pieces: result)
    }
}
