import DenoisingTransformer
import PianoRoll

extension Relations {
    /// How the pitches of a vocabulary are compared.
    ///
    /// - Parameter before: Relations of another vocabulary, whose limit is kept; the usual limit if nil.
    public init(of vocabulary: Vocabulary, like before: Relations? = nil) {
        self.init(first: Int(vocabulary.firstPitchToken), carried: vocabulary.hold.map(Int.init))
        if let before { limit = before.limit }
    }
}
