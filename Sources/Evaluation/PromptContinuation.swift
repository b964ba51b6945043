import PianoRoll

/// How far a continuation lies from the piece whose beginning it was given.
///
/// Source: Campbell et al. 2022 (tauLDR, arXiv 2205.14987), by which the music experiments of *Jump Your Steps* are
/// measured too. Cells are compared by what sounds in them, a pitch or rest, whatever the encoding.
public struct PromptContinuation: Hashable, Sendable {
    /// The Hellinger distance between the two distributions of cells, 0...1.
    public let hellinger: Double
    /// The share of generated cells, 0...1, whose value the piece itself never takes after the prompt.
    public let outliers: Double

    /// Compares a continuation with the piece itself, both from the end of the prompt on.
    ///
    /// - Parameter promptSteps: How many steps were given, left out on both sides.
    /// - Returns: nil if nothing is left of one of them.
    public init?(of generated: TokenGrid, against piece: TokenGrid, promptSteps: Int) {
        let own = Self.histogram(generated, after: promptSteps)
        let reference = Self.histogram(piece, after: promptSteps)
        guard let hellinger = own.hellingerDistance(to: reference),
            let outliers = own.shareOutside(reference)
        else { return nil }
        self.hellinger = hellinger
        self.outliers = outliers
    }

    private static func histogram(_ grid: TokenGrid, after promptSteps: Int) -> Histogram {
        let first = min(max(0, promptSteps), grid.steps) * grid.lanes
        return Histogram(grid.soundingPitches[first...].map { $0.map(Int.init) ?? -1 })
    }
}
