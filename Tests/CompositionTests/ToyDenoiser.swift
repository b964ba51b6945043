import Composition
import DiscreteDiffusion
import PianoRoll

/// A denoiser that likes every state alike, or every one of some, and remembers what it was shown first.
final class ToyDenoiser: Denoiser {
    let cellCount: Int
    let stateCount: Int
    let liked: Range<Int>
    private(set) var firstTokens: [Token] = []

    init(cellCount: Int, stateCount: Int, liked: Range<Int>? = nil) {
        self.cellCount = cellCount
        self.stateCount = stateCount
        self.liked = liked ?? 0..<stateCount
    }

    func predict(tokens: Span<Token>, times: Span<Double>, logits: inout MutableSpan<Double>) throws {
        if firstTokens.isEmpty { firstTokens = (0..<cellCount).map { tokens[$0] } }
        for index in 0..<logits.count { logits[index] = liked.contains(index % stateCount) ? 0 : -100 }
    }
}

/// What a composer asked for.
final class Requests {
    var windows: [Range<Int>] = []
    var denoisers: [ToyDenoiser] = []
    var transpositions: [Int?] = []
    var pieceSteps: [Int?] = []

    /// A composer that writes tokens at random, all of them or some.
    func composer(vocabulary: Vocabulary, lanes: Int, windowSteps: Int, liked: Range<Int>? = nil) -> Composer
    {
        Composer(vocabulary: vocabulary, lanes: lanes, windowSteps: windowSteps) {
            _, window, pieceSteps, shift in
            let denoiser = ToyDenoiser(
                cellCount: window.count * lanes, stateCount: vocabulary.count, liked: liked)
            self.windows.append(window)
            self.transpositions.append(shift)
            self.pieceSteps.append(pieceSteps)
            self.denoisers.append(denoiser)
            return denoiser
        }
    }
}

/// Settings for a few uniform steps.
func settings(seed: UInt64, steps: Int = 4) throws -> Composer.Settings {
    Composer.Settings(sampler: TweedieSampler(), schedule: try Schedule.uniform(steps), seed: seed)
}
