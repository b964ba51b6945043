import Composition
import NeuralEngine
import PianoRoll
import ProcessGroups
import Training

extension HeldOutBound {
    /// Measures a model of grids.
    ///
    /// - Parameters:
    ///   - model: The model.
    ///   - pieces: Held-out pieces in the model's vocabulary.
    ///   - precision: The precision of the matrix products.
    ///   - levels: Noise levels a window.
    ///   - transpositions: In how many keys the model is asked, as in `TransposedDenoiser`; 1 unless the noise has a mask.
    ///   - seed: What levels and hidden cells are drawn from; the same seed hides the same cells.
    ///   - threads: Threads to use.
    ///   - group: The processes that share the work out.
    public static func measure(
        _ model: GridModel, pieces: [TokenGrid], precision: Precision, levels: Int, transpositions: Int = 1,
        seed: UInt64, threads: Int, group: some ProcessGroup = SingleProcess()
    ) throws -> HeldOutBound {
        let (parameters, operands) = model.transformer.weights(for: precision)
        return try measure(
            model.transformer.configuration, process: model.process, parameters: parameters,
            operands: operands,
            pieces: pieces.map { HeldOutPiece($0, for: model) }, levels: levels,
            views: Example.transpositions(transpositions, in: model.vocabulary), seed: seed, threads: threads,
            group: group)
    }
}
