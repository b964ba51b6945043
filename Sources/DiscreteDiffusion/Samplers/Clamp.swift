/// The cells that a task gives: a prompt, a kept voice, what surrounds a gap.
///
/// A known cell holds its clean token at every t; it is never noised and never drawn. The others are free.
public struct Clamp: Hashable, Sendable {
    /// The given tokens, nil where a cell is free: one pattern `[D]` for all samples, or one a sample.
    public let patterns: [[Token?]]

    /// Nothing is given: every cell is free.
    public static let none = Clamp(patterns: [])

    /// The same cells are given to all samples.
    public init(_ pattern: [Token?]) {
        self.init(patterns: [pattern])
    }

    /// Each sample has its own given cells; `patterns[i]` belongs to the i-th sample of the call.
    public init(perSample patterns: [[Token?]]) {
        self.init(patterns: patterns)
    }

    private init(patterns: [[Token?]]) {
        self.patterns = patterns
    }

    /// The given tokens of the i-th sample, or nil if nothing is given.
    func pattern(ofSample index: Int) -> [Token?]? {
        patterns.count > 1 ? patterns[index] : patterns.first
    }

    /// Checks that the patterns fit.
    func validate(sampleCount: Int, cellCount: Int, stateCount: Int) throws(SamplingError) {
        guard patterns.count <= 1 || patterns.count == sampleCount else {
            throw .patternCount(patterns.count, samples: sampleCount)
        }
        for pattern in patterns {
            guard pattern.count == cellCount else { throw .patternLength(pattern.count, cells: cellCount) }
            for (cell, token) in pattern.enumerated() {
                if let token, Int(token) >= stateCount {
                    throw .knownToken(token, cell: cell, states: stateCount)
                }
            }
        }
    }
}
