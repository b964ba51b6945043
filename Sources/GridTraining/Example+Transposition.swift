import Composition
import DiscreteDiffusion
import PianoRoll
import Training

extension Example {
    /// The ways to show an example in so many keys, besides its own.
    static func transpositions(_ count: Int, in vocabulary: Vocabulary) -> [(Example) -> Example?] {
        TransposedDenoiser.shifts(count).dropFirst().map { shift in
            { $0.transposed(by: shift, in: vocabulary) }
        }
    }

    /// The example so many semitones higher, and its features with it; nil if a visible note leaves the vocabulary. A hidden
    /// note that does so loses its weight: the model cannot say it there.
    public func transposed(by semitones: Int, in vocabulary: Vocabulary) -> Example? {
        var result = self
        for cell in tokens.indices {
            if weights[cell] > 0 {
                if let moved = vocabulary.transposed(targets[cell], by: semitones) {
                    result.targets[cell] = moved
                } else {
                    result.weights[cell] = 0
                }
            } else if let moved = vocabulary.transposed(tokens[cell], by: semitones) {
                result.tokens[cell] = moved
            } else {
                return nil
            }
        }
        GridFeatures.transpose(&result.contexts, by: semitones)
        return result
    }
}
