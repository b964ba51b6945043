import Composition
import DenoisingTransformer
import DiscreteDiffusion
import PianoRoll

extension GridModel {
    /// The model for another vocabulary, to be trained further: rest, pitches and hold keep the weights they have, and what it
    /// has no token for is drawn.
    ///
    /// - Parameters:
    ///   - vocabulary: What its tokens are to stand for.
    ///   - edges: Whether it is to be told how far off the piece's beginning and end are.
    ///   - seed: What the weights of new tokens are drawn from.
    public func with(vocabulary: Vocabulary, edges: Bool, seed: UInt64) -> GridModel {
        var description = description
        description.vocabulary = vocabulary
        description.edges = edges
        guard vocabulary != self.vocabulary else {
            return GridModel(transformer: transformer, description: description)
        }
        let origins = (0..<vocabulary.count).map { token -> Int? in
            let token = UInt16(token)
            if let pitch = vocabulary.pitch(of: token) {
                return self.vocabulary.token(of: pitch).map(Int.init)
            }
            return (token == vocabulary.hold ? self.vocabulary.hold : Vocabulary.rest).map(Int.init)
        }
        let relations = transformer.configuration.relations.map { Relations(of: vocabulary, like: $0) }
        var generator = CounterGenerator(seed: seed, for: .training, stream: .max)
        return GridModel(
            transformer: transformer.withStates(origins, relations: relations, using: &generator),
            description: description)
    }
}
