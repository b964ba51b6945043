import DenoisingTransformer
import TestSupport
import Testing

@Suite struct ModelStatesTests {
    /// One state leaves and some come: of those that stay, the model says what it said, in samples that have no others.
    @Test(arguments: ModelCase.all, [0, 1, 3])
    func whatIsCommonIsSaidAsBefore(_ model: ModelCase, newStates: Int) throws {
        var generator = SeededGenerator(seed: 41)
        let shape = model.configuration
        let states = shape.stateCount
        let before = Model(
            configuration: shape, parameters: model.parameters(using: &generator), metadata: ["name": "old"])
        let origins =
            (0..<states).filter { $0 != 1 }.map(Optional.some) + [Int?](repeating: nil, count: newStates)
        var relations = shape.relations
        if let first = relations?.first, first > 1 { relations?.first = first - 1 }
        relations?.carried = nil
        let after = before.withStates(origins, relations: relations, using: &generator)
        #expect(after.configuration.stateCount == states - 1 + newStates)
        #expect(after.configuration.relations == relations)
        #expect(after.metadata.isEmpty)

        var batch = model.randomBatch(using: &generator)
        for cell in batch.tokens.indices where batch.tokens[cell] == 1 { batch.tokens[cell] = 0 }
        func logits(_ model: Model, _ tokens: [UInt16]) throws -> [Float] {
            let plan = try TransformerPlan(
                model.configuration, parameters: model.parameters(), batch: batch.count, steps: batch.steps,
                threads: 1)
            try plan.forward(tokens: tokens.span, contexts: batch.contexts.span)
            return plan.logits.values
        }
        let old = try logits(before, batch.tokens)
        // MASK and padding come after the states.
        let renamed = batch.tokens.map { token -> UInt16 in
            if token >= UInt16(states) { return token - UInt16(states) + UInt16(origins.count) }
            return token < 2 ? token : token - 1
        }
        let new = try logits(after, renamed)
        var worst: Float = 0
        for cell in batch.tokens.indices {
            for (state, origin) in origins.enumerated() {
                guard let origin else { continue }
                worst = max(worst, abs(new[cell * origins.count + state] - old[cell * states + origin]))
            }
        }
        #expect(worst < 2e-5, "\(model): logits differ by \(worst)")
    }

    @Test("States that are all kept are the same model")
    func nothingChanges() {
        for model in ModelCase.all {
            var generator = SeededGenerator(seed: 42)
            let before = Model(
                configuration: model.configuration, parameters: model.parameters(using: &generator),
                metadata: [:])
            let origins = (0..<model.configuration.stateCount).map(Optional.some)
            let after = before.withStates(
                origins, relations: model.configuration.relations, using: &generator)
            for entry in ParameterLayout(model.configuration).entries {
                let range = entry.offset..<entry.offset + entry.count
                #expect(
                    after.parameters().values[range] == before.parameters().values[range], "\(entry.name)")
            }
        }
    }
}
