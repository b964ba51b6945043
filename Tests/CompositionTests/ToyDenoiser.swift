import Composition
import DiscreteDiffusion
import PianoRoll

/// A denoiser that likes every state alike and remembers what it was shown first.
final class ToyDenoiser: Denoiser {
    let cellCount: Int
    let stateCount: Int
    private(set) var firstTokens: [Token] = []

    init(cellCount: Int, stateCount: Int) {
        self.cellCount = cellCount
        self.stateCount = stateCount
    }

    func predict(tokens: Span<Token>, times: Span<Double>, logits: inout MutableSpan<Double>) throws {
        if firstTokens.isEmpty { firstTokens = (0..<cellCount).map { tokens[$0] } }
        for index in 0..<logits.count { logits[index] = 0 }
    }
}

/// What a composer asked for.
final class Requests {
    var windows: [Range<Int>] = []
    var denoisers: [ToyDenoiser] = []
    var transpositions: [Int?] = []

    /// A composer that writes tokens at random.
    func composer(vocabulary: Vocabulary, lanes: Int, windowSteps: Int) -> Composer {
        Composer(vocabulary: vocabulary, lanes: lanes, windowSteps: windowSteps) { _, window, _, shift in
            let denoiser = ToyDenoiser(cellCount: window.count * lanes, stateCount: vocabulary.count)
            self.windows.append(window)
            self.transpositions.append(shift)
            self.denoisers.append(denoiser)
            return denoiser
        }
    }
}

/// Settings for a few uniform steps.
func settings(seed: UInt64, steps: Int = 4) throws -> Composer.Settings {
    Composer.Settings(schedule: try Schedule.uniform(steps), seed: seed)
}
