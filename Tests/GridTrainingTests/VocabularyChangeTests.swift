import Composition
import DenoisingTransformer
import DiscreteDiffusion
import GridTraining
import PianoRoll
import TestSupport
import Testing

@Suite struct VocabularyChangeTests {
    private func model(comparing relations: Relations? = nil) -> GridModel {
        var generator = SeededGenerator(seed: 5)
        var configuration = smallConfiguration()
        configuration.relations = relations
        return GridModel(
            transformer: Model(
                configuration: configuration,
                parameters: ParameterLayout(configuration).initialParameters(using: &generator),
                metadata: [:]),
            description: smallDescription)
    }

    /// The rows of the first lane's cells in the embedding.
    private func rows(_ model: GridModel) -> [[Float]] {
        let layout = ParameterLayout(model.transformer.configuration)
        let table = layout["embedding"]
        let values = model.transformer.parameters().values
        return (0..<model.vocabulary.count + 2).map {
            let start = table.offset + $0 * table.shape[1]
            return Array(values[start..<start + table.shape[1]])
        }
    }

    @Test("Pitches, rest, mask and padding keep their weights where the encoding changes")
    func encoding() {
        let before = model()
        let sustain = Vocabulary(encoding: .sustain, lowestPitch: 60, highestPitch: 71)
        let after = before.with(vocabulary: sustain, edges: false, seed: 1)
        #expect(after.vocabulary == sustain && !after.description.edges && after.name == before.name)
        #expect(after.transformer.configuration.stateCount == sustain.count)
        var expected = rows(before)
        expected.remove(at: 1)  // hold
        #expect(rows(after) == expected)
    }

    @Test("A hold that is new is drawn, and rest and pitches stay")
    func newHold() {
        let sustain = Vocabulary(encoding: .sustain, lowestPitch: 60, highestPitch: 71)
        let before = model().with(vocabulary: sustain, edges: true, seed: 1)
        var found = rows(before.with(vocabulary: smallVocabulary, edges: true, seed: 2))
        let hold = found.remove(at: 1)
        #expect(found == rows(before) && !found.contains(hold))
    }

    @Test("Pitches that are compared are compared under their new tokens")
    func relations() {
        let sustain = Vocabulary(encoding: .sustain, lowestPitch: 60, highestPitch: 71)
        let before = model(comparing: Relations(first: 2, carried: 1, limit: 7))
        let after = before.with(vocabulary: sustain, edges: true, seed: 1)
        #expect(after.transformer.configuration.relations == Relations(first: 1, limit: 7))
        let back = after.with(vocabulary: smallVocabulary, edges: true, seed: 1)
        #expect(back.transformer.configuration == before.transformer.configuration)
    }

    @Test("A pitch that is new is drawn, others stay")
    func range() {
        let before = model()
        let wider = Vocabulary(encoding: .onset, lowestPitch: 59, highestPitch: 72)
        let (old, new) = (rows(before), rows(before.with(vocabulary: wider, edges: true, seed: 1)))
        #expect(new.count == old.count + 2)
        #expect(Array(new[0..<2]) == Array(old[0..<2]))  // rest, hold
        #expect(Array(new[3..<15]) == Array(old[2..<14]))
        #expect(Array(new[16...]) == Array(old[14...]))  // mask, padding
        #expect(!old.contains(new[2]) && !old.contains(new[15]) && new[2] != new[15])
    }

    @Test("The same vocabulary is the same model")
    func same() {
        let before = model()
        let after = before.with(vocabulary: before.vocabulary, edges: true, seed: 1)
        #expect(after.transformer.parameters().values == before.transformer.parameters().values)
        #expect(after.description == before.description)
    }
}
