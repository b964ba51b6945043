import DenoisingTransformer
import DiscreteDiffusion
import NeuralEngine
import ProcessGroups

/// What a model of hidden cells says of held-out pieces along several orders of their cells: an ensemble of autoregressive models that
/// share their weights (orderless NADE: Uria, Murray and Larochelle 2014, arXiv 1310.1757; Coconet is one).
///
/// Along an order `o` a window has `-log p_o(x) = sum over i of -log p(x_i | the cells before i in o)`. Three figures are made of these
/// conditionals. The mixture is `-log` of a law and the mean is at least as large; the third is no likelihood at all, and is here because
/// published figures are such.
public struct OrderEnsemble: Hashable, Sendable {
    /// In which orders cells are revealed.
    public enum Order: Hashable, Sendable {
        /// So many orders of each window, drawn uniformly from all.
        case random(count: Int)
        /// The order of time; of the cells of one step the first lane first.
        case chronological
    }

    /// The mean over orders of `-log p_o(x)`. Of random orders and a cell a call it is what `HeldOutBound` estimates.
    public var mean: HeldOutBound
    /// `-log` of the mean over orders of `p_o(x)`, window by window: one of the orders is drawn, then the cells along it. At most the mean,
    /// by at most the logarithm of the number of orders below the least of them.
    public var mixture: HeldOutBound
    /// The sum over cells of `-log` of the mean over orders of `p(x_i | the cells before i in o)`.
    ///
    /// **Not a bound.** The means are over conditionals on different cells, so that their product need not be a law: it can say less than the
    /// entropy of the data under an exact model. It is what `EnsemblingEvaluator` and `NoteEvaluator` of Coconet's program compute
    /// (magenta, `coconet/lib_evaluation.py`), of five orders unless told otherwise.
    public var cellwise: HeldOutBound

    /// Measures a model under noise with a mask.
    ///
    /// - Parameters:
    ///   - configuration: The model's shape.
    ///   - parameters: Its parameters, f32.
    ///   - operands: The same in bf16, or nil to measure in f32.
    ///   - pieces: Held-out pieces.
    ///   - order: The orders.
    ///   - calls: In how many calls of the model a window is revealed along an order, its cells shared out evenly. The cells of one call do
    ///     not know of each other; in the mean over an exact model's own data that makes mean and mixture larger. nil reveals a cell a call.
    ///   - views: Other ways to show an example, as in `HeldOutBound.measure`.
    ///   - seed: What orders are drawn from.
    ///   - threads: Threads to use, at least 1.
    ///   - group: The processes that share the work out; what they find does not depend on their number.
    /// - Throws: `EngineError`, `ProcessGroupError`.
    /// - Precondition: `calls >= 1`, `threads >= 1`, one order at least, and a model that is not told the time.
    public static func measure(
        _ configuration: TransformerConfiguration, parameters: Buffer, operands: Buffer?,
        pieces: [HeldOutPiece], order: Order, calls: Int?, views: [(Example) -> Example?] = [],
        seed: UInt64, threads: Int, group: some ProcessGroup = SingleProcess()
    ) throws -> OrderEnsemble {
        precondition(threads >= 1, "\(threads) threads")
        let model = try ShardedTransformer(
            measuring: configuration, parameters: parameters, operands: operands, threads: threads)
        return try measure(
            pieces: pieces, configuration: configuration, order: order, calls: calls, seed: seed,
            batch: ShardedTransformer.measuringBatch, group: group
        ) { try model.meanCellLosses($0, views: views) }
    }

    /// Measures whatever answers, for a batch of examples, with the cross-entropy of each cell that has a weight: nats,
    /// `[batch][steps * lanes]`.
    package static func measure(
        pieces: [HeldOutPiece], configuration: TransformerConfiguration, order: Order, calls: Int?,
        seed: UInt64, batch: Int, group: some ProcessGroup = SingleProcess(),
        losses: ([Example]) throws -> [[Double]]
    ) throws -> OrderEnsemble {
        precondition(calls ?? 1 >= 1, "\(calls ?? 0) calls")
        precondition(!configuration.tellsTime, "the time of noise without a mask")
        let windows = pieces.indices.flatMap { piece in pieces[piece].windows.map { (piece, $0) } }
        // Windows are shared out.
        var means = [Double](repeating: 0, count: windows.count)
        var (mixtures, cellwise) = (means, means)
        for (number, (_, window)) in windows.enumerated() where group.takes(number) {
            var generator = CounterGenerator(seed: seed, for: .cost, stream: UInt64(number))
            let orders = order.orders(of: window.tokens.count, using: &generator)
            let found = try window.losses(
                along: orders, calls: calls, configuration: configuration, batch: batch, losses: losses)
            let whole = found.map { $0.reduce(0, +) }
            means[number] = whole.reduce(0, +) / Double(orders.count)
            mixtures[number] = whole.negativeLogMean
            cellwise[number] = window.tokens.indices.reduce(0) { sum, cell in
                sum + found.map { $0[cell] }.negativeLogMean
            }
        }
        func together(_ nats: inout [Double]) throws -> HeldOutBound {
            try group.sum(&nats)
            var result = pieces.map { HeldOutBound.Piece(nats: 0, frames: $0.frames, cells: $0.cells) }
            for ((piece, _), nats) in zip(windows, nats) { result[piece].nats += nats }
            return HeldOutBound(pieces: result)
        }
        return OrderEnsemble(
            mean: try together(&means), mixture: try together(&mixtures), cellwise: try together(&cellwise))
    }
}

extension OrderEnsemble.Order {
    /// The orders of so many cells, each a permutation.
    fileprivate func orders(of cells: Int, using generator: inout CounterGenerator) -> [[Int]] {
        switch self {
        case .chronological: return [Array(0..<cells)]
        case .random(let count):
            precondition(count >= 1, "\(count) orders")
            return (0..<count).map { _ in generator.drawOrder(of: cells) }
        }
    }
}

extension HeldOutPiece.Window {
    /// The cross-entropy of each cell given those before it, along each of several orders: nats, `[orders][n * lanes]`.
    fileprivate func losses(
        along orders: [[Int]], calls: Int?, configuration: TransformerConfiguration, batch: Int,
        losses: ([Example]) throws -> [[Double]]
    ) throws -> [[Double]] {
        let count = min(tokens.count, calls ?? tokens.count)
        // Each call is asked for a range of places of an order.
        let jobs = orders.indices.flatMap { order in
            (0..<count).map { (order, $0 * tokens.count / count..<($0 + 1) * tokens.count / count) }
        }
        var result = orders.map { _ in [Double](repeating: 0, count: tokens.count) }
        for start in stride(from: 0, to: jobs.count, by: batch) {
            // The last batch is filled up with its first job.
            let share = (start..<start + batch).map { jobs[$0 < jobs.count ? $0 : start] }
            let found = try losses(share.map { example($1, of: orders[$0], configuration) })
            for ((order, part), found) in zip(share, found) {
                for cell in orders[order][part] { result[order][cell] = found[cell] }
            }
        }
        return result
    }

    /// What a model is shown that has the cells of an order before a part, and is asked for those of the part.
    private func example(
        _ part: Range<Int>, of order: [Int], _ configuration: TransformerConfiguration
    ) -> Example {
        var example = Example(clean: tokens, contexts: contexts, at: 0, for: configuration)
        for cell in order[part.lowerBound...] { example.tokens[cell] = configuration.mask }
        for cell in order[part] { example.weights[cell] = 1 }
        return example
    }
}
