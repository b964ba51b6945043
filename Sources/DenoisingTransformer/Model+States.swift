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
        func copy(
            _ name: String, row: Int, column: Int = 0, from oldRow: Int, _ oldColumn: Int = 0, count: Int
        ) {
            let (source, target) = (before[name], after[name])
            let from = source.offset + oldRow * source.shape[source.shape.count - 1] + oldColumn
            let to = target.offset + row * target.shape[target.shape.count - 1] + column
            for i in 0..<count { new.floats[to + i] = old.floats[from + i] }
        }

        for entry in after.entries where !["embedding", "head.matrix", "head.bias"].contains(entry.name) {
            let from = before[entry.name].offset
            for i in 0..<entry.count { new.floats[entry.offset + i] = old.floats[from + i] }
        }

        // MASK and padding follow the states, and all that is no token follows the cells.
        let tokens = origins + [configuration.stateCount, configuration.stateCount + 1]
        let oldTokens = configuration.stateCount + 2
        for cell in 0..<shape.cellsPerPosition {
            for (token, origin) in tokens.enumerated() {
                guard let origin else { continue }
                copy(
                    "embedding", row: cell * tokens.count + token, from: cell * oldTokens + origin,
                    count: shape.width)
            }
        }
        for row in shape.cellsPerPosition * tokens.count..<shape.embeddingRows {
            copy(
                "embedding", row: row, from: row - shape.embeddingRows + configuration.embeddingRows,
                count: shape.width)
        }

        // The head's columns: of each cell its states, then its distances.
        let distances = shape.scoreCount - shape.stateCount
        for cell in 0..<shape.cellsPerPosition {
            let (first, oldFirst) = (cell * shape.scoreCount, cell * configuration.scoreCount)
            for row in 0...shape.width {
                // The last row is the bias.
                let name = row < shape.width ? "head.matrix" : "head.bias"
                let row = row % shape.width
                for (state, origin) in origins.enumerated() {
                    guard let origin else { continue }
                    copy(name, row: row, column: first + state, from: row, oldFirst + origin, count: 1)
                }
                copy(
                    name, row: row, column: first + shape.stateCount, from: row,
                    oldFirst + configuration.stateCount, count: distances)
            }
        }
        return Model(configuration: shape, parameters: new, metadata: [:])
    }
}
