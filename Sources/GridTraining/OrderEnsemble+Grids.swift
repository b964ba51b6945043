import Composition
import NeuralEngine
import PianoRoll
import ProcessGroups
import Training

extension OrderEnsemble {
    /// Measures a model of grids.
    ///
    /// - Parameters:
    ///   - model: The model, of noise with a mask.
    ///   - pieces: Held-out pieces in the model's vocabulary.
    ///   - precision: The precision of the matrix products.
    ///   - order: The orders of the cells.
    ///   - calls: In how many calls a window is revealed along an order; nil takes one for each cell.
    ///   - transpositions: In how many keys the model is asked, as in `TransposedDenoiser`.
    ///   - seed: What orders are drawn from.
    ///   - threads: Threads to use.
    ///   - group: The processes that share the work out.
    /// - Throws: `EngineError`, `ProcessGroupError`.
    /// - Precondition: The model's noise has a mask; else as of the function that it calls.
    public static func measure(
        _ model: GridModel, pieces: [TokenGrid], precision: Precision, order: Order, calls: Int?,
        transpositions: Int = 1, seed: UInt64, threads: Int, group: some ProcessGroup = SingleProcess()
    ) throws -> OrderEnsemble {
        precondition(model.process.hasMask, "orders under noise without a mask")
        let (parameters, operands) = model.transformer.weights(for: precision)
        return try measure(
            model.transformer.configuration, parameters: parameters, operands: operands,
            pieces: pieces.map { HeldOutPiece($0, for: model) }, order: order, calls: calls,
            views: Example.transpositions(transpositions, in: model.vocabulary),
            seed: seed, threads: threads, group: group)
    }
}
