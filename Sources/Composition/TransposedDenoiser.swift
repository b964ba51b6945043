import DiscreteDiffusion
import PianoRoll
import RealModule

/// A model that is asked in several keys at once: the mean of the posteriors of a sample and of transposed copies of it.
///
/// It learnt from transposed copies, and by chance says something else of each; the mean's cross-entropy is at most the mean of theirs. A copy whose
/// known notes leave the vocabulary is left out for that sample. Absorbing noise only. One call asks each model once.
public struct TransposedDenoiser: Denoiser {
    /// A denoiser of copies that are transposed by so many semitones.
    public struct Part {
        /// Semitones that the copies are higher.
        public let shift: Int
        /// Their denoiser.
        public let denoiser: any Denoiser

        /// Creates a part.
        public init(shift: Int, denoiser: any Denoiser) {
            self.shift = shift
            self.denoiser = denoiser
        }
    }

    /// Cells of a sample.
    public let cellCount: Int
    /// Tokens of the vocabulary, MASK not counted.
    public let stateCount: Int
    private let vocabulary: Vocabulary
    private let parts: [Part]

    /// The shifts of so many parts, those first that change least: 0, 1, -1, 2, ...
    public static func shifts(_ count: Int) -> [Int] {
        (0..<count).map { ($0 + 1) / 2 * ($0 % 2 == 0 ? -1 : 1) }
    }

    /// Puts denoisers together.
    ///
    /// - Precondition: The first part's shift is 0, and all are of as many cells of the vocabulary.
    public init(vocabulary: Vocabulary, parts: [Part]) {
        precondition(parts.first?.shift == 0, "the sample itself is the first part")
        self.vocabulary = vocabulary
        self.parts = parts
        cellCount = parts[0].denoiser.cellCount
        stateCount = parts[0].denoiser.stateCount
        precondition(
            stateCount == vocabulary.count
                && parts.allSatisfy {
                    $0.denoiser.cellCount == cellCount && $0.denoiser.stateCount == stateCount
                })
    }

    /// Computes the logarithm of the mean posterior of each masked cell, up to a constant; see `Denoiser`.
    public func predict(tokens: Span<Token>, times: Span<Double>, logits: inout MutableSpan<Double>) throws {
        let mask = Token(stateCount)
        var means = [Double](repeating: 0, count: logits.count)
        var answers = [Double](repeating: 0, count: logits.count)
        for part in parts {
            var shifted = Array(repeating: mask, count: tokens.count)
            var isUsed = Array(repeating: true, count: times.count)
            for cell in 0..<tokens.count {
                let moved = vocabulary.transposed(tokens[cell], by: part.shift)
                shifted[cell] = moved ?? tokens[cell]
                if moved == nil { isUsed[cell / cellCount] = false }
            }
            guard isUsed.contains(true) else { continue }
            var output = answers.mutableSpan
            try part.denoiser.predict(tokens: shifted.span, times: times, logits: &output)
            for cell in 0..<tokens.count where tokens[cell] == mask && isUsed[cell / cellCount] {
                add(answers, at: cell * stateCount, shift: part.shift, to: &means)
            }
        }
        for index in 0..<logits.count { logits[index] = .log(means[index]) }
    }

    /// Adds the posterior of a cell, as a part's logits tell it, back in the sample's own key.
    private func add(_ logits: [Double], at start: Int, shift: Int, to means: inout [Double]) {
        var highest = -Double.infinity
        for state in 0..<stateCount { highest = max(highest, logits[start + state]) }
        var total = 0.0
        for state in 0..<stateCount { total += .exp(logits[start + state] - highest) }
        for state in 0..<stateCount {
            guard let moved = vocabulary.transposed(Token(state), by: shift) else { continue }
            means[start + state] += .exp(logits[start + Int(moved)] - highest) / total
        }
    }
}
