import NeuralEngine

extension Model {
    /// The model for cells of other states: what the states have in common keeps its weights, and everything that does not depend
    /// on states does.
    ///
    /// - Parameters:
    ///   - origins: Of each new state the one among this model's whose weights it takes over; nil for one that is new, `[S']`.
    ///   - relations: How the new tokens are compared with each other; nil if this model does not compare its own.
    ///   - generator: What the weights of new states are drawn from, as before any training.
    /// - Returns: The model, with nothing in its metadata.
    /// - Precondition: Relations are given where this model has them, and with the same limit.
    public func withStates(
        _ origins: [Int?], relations: Relations?, using generator: inout some RandomNumberGenerator
    ) -> Model {
        precondition(relations?.limit == configuration.relations?.limit, "other relations")
        var shape = configuration
        shape.stateCount = origins.count
        shape.relations = relations
        let (before, after) = (ParameterLayout(configuration), ParameterLayout(shape))
        let old = parameters()
        let new = after.initialParameters(using: &generator)
        let cells = 0..<shape.cellsPerPosition

        // MASK and padding follow the states of each cell, and what is no token follows the cells.
        let tokens = origins + [configuration.stateCount, configuration.stateCount + 1]
        let rows =
            cells.flatMap { cell in tokens.map { $0.map { cell * (configuration.stateCount + 2) + $0 } } }
            + Array(cells.count * (configuration.stateCount + 2)..<configuration.embeddingRows)
        // The head scores of each cell its states, and then its distances.
        let scores = origins + Array(configuration.stateCount..<configuration.scoreCount)
        let columns = cells.flatMap { cell in scores.map { $0.map { cell * configuration.scoreCount + $0 } } }

        for entry in after.entries {
            let source = before[entry.name]
            let (width, oldWidth) = (entry.shape[entry.shape.count - 1], source.shape[source.shape.count - 1])
            let rows = entry.name == "embedding" ? rows : Array(0..<entry.count / width)
            let columns = entry.name.hasPrefix("head.") ? columns : Array(0..<width)
            for (row, oldRow) in rows.enumerated() {
                guard let oldRow else { continue }
                for (column, oldColumn) in columns.enumerated() {
                    guard let oldColumn else { continue }
                    new.floats[entry.offset + row * width + column] =
                        old.floats[source.offset + oldRow * oldWidth + oldColumn]
                }
            }
        }
        return Model(configuration: shape, parameters: new, metadata: [:])
    }
}
