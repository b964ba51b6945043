extension ShardedTransformer {
    /// The cross-entropy of each cell that has a weight, under the mean of the probabilities that the model gives an example and
    /// its views.
    ///
    /// - Parameters:
    ///   - examples: A batch.
    ///   - views: Other ways to show an example, as in `HeldOutBound.measure`.
    /// - Returns: Nats, `[batch][steps * lanes]`; 0 of cells without a weight.
    /// - Throws: `EngineError`.
    func meanCellLosses(_ examples: [Example], views: [(Example) -> Example?]) throws -> [[Double]] {
        guard !views.isEmpty else { return try cellLosses(examples).map { $0.map(Double.init) } }
        // Of each example what it and those of its views that can be shown say of each cell.
        var said = examples.map { _ in [[Double]]() }
        for view in [{ $0 }] + views {
            let shown = examples.map(view)
            let losses = try cellLosses(zip(shown, examples).map { $0 ?? $1 })
            for (index, example) in shown.enumerated() {
                guard let example else { continue }
                said[index].append(
                    zip(example.weights, losses[index]).map { $0 > 0 ? Double($1) : .infinity })
            }
        }
        return zip(examples, said).map { example, said in
            example.weights.indices.map { cell in
                example.weights[cell] > 0 ? said.map { $0[cell] }.negativeLogMean : 0
            }
        }
    }
}
