import PianoRoll

/// Which of several phrases is taken: the one that fits a key, or a density of notes, or both best.
///
/// A model draws what it has learnt; it has no knob for keys or densities. Choosing among several draws leaves each phrase one
/// that the model would write, and moves the piece only as far as its draws differ.
public struct PhraseChoice: Hashable, Sendable {
    /// The key to be in; nil for any.
    public var key: Score.Key?
    /// Notes a bar to start, over all voices; nil for any.
    public var notesPerBar: Double?
    /// How many phrases are drawn to choose from, at least 1.
    public var candidates: Int

    /// Creates a choice; where neither key nor density is asked for, one phrase is drawn.
    public init(key: Score.Key? = nil, notesPerBar: Double? = nil, candidates: Int = 4) {
        self.key = key
        self.notesPerBar = notesPerBar
        self.candidates = key == nil && notesPerBar == nil ? 1 : max(1, candidates)
    }

    /// How far a grid's steps from one on are from what is asked for: 0 at best; the relative error of the density, and one less
    /// the correlation with the key's profile.
    func distance(of grid: TokenGrid, from first: Int) -> Double {
        var distance = 0.0
        if let notesPerBar {
            let starts = grid.notes.count { $0.steps.lowerBound >= first }
            let bars = Double(grid.steps - first) / Double(grid.timing.stepsPerBar)
            distance += abs(Double(starts) / max(bars, 1e-9) - notesPerBar) / max(notesPerBar, 1)
        }
        if let key {
            distance += 1 - key.correlation(withDurations: Self.durations(of: grid, from: first))
        }
        return distance
    }

    /// The number of the best grid, the first of equals.
    package func best(of grids: [TokenGrid], from first: Int) -> Int {
        let distances = grids.map { distance(of: $0, from: first) }
        return distances.indices.min { (distances[$0], $0) < (distances[$1], $1) } ?? 0
    }

    /// How long each pitch class sounds, in steps.
    static func durations(of grid: TokenGrid, from first: Int) -> [Double] {
        var durations = [Double](repeating: 0, count: 12)
        for case let pitch? in grid.soundingPitches[(first * grid.lanes)...] {
            durations[Int(pitch) % 12] += 1
        }
        return durations
    }
}

extension Score.Key {
    /// How well pitch classes fit a key: the correlation of how long each sounds with the key's profile, -1...1, 0 for silence.
    ///
    /// Profiles: C. L. Krumhansl and E. J. Kessler, "Tracing the dynamic changes in perceived tonal organization", Psychological
    /// Review 89 (1982).
    ///
    /// - Parameter durations: Of the pitch classes from C on, 12 of them.
    func correlation(withDurations durations: [Double]) -> Double {
        let profile = (0..<12).map { (isMinor ? Self.minor : Self.major)[($0 - tonic + 12) % 12] }
        let (meanX, meanY) = (durations.reduce(0, +) / 12, profile.reduce(0, +) / 12)
        var (xy, xx, yy) = (0.0, 0.0, 0.0)
        for (x, y) in zip(durations, profile) {
            xy += (x - meanX) * (y - meanY)
            xx += (x - meanX) * (x - meanX)
            yy += (y - meanY) * (y - meanY)
        }
        return xx > 0 ? xy / (xx * yy).squareRoot() : 0
    }

    private static let major = [6.35, 2.23, 3.48, 2.33, 4.38, 4.09, 2.52, 5.19, 2.39, 3.66, 2.29, 2.88]
    private static let minor = [6.33, 2.68, 3.52, 5.38, 2.60, 3.53, 2.54, 4.75, 3.98, 2.69, 3.34, 3.17]
}
