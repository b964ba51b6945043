import PianoRoll

/// The distributions of all features over a set of pieces.
///
/// Lengths, onsets and intervals are those of the notes that the encoding tells apart: in the sustain encoding
/// repeated notes run together. Compare sets of one encoding.
public struct FeatureHistograms: Hashable, Sendable {
    private var histograms: [Feature: Histogram] = [:]

    /// The distributions over pieces, each step and note of any piece counting alike.
    public init(_ grids: some Sequence<TokenGrid> = []) {
        for grid in grids { add(grid) }
    }

    /// The distribution of a feature; empty if nothing was seen.
    public subscript(feature: Feature) -> Histogram { histograms[feature] ?? Histogram() }

    /// Counts a piece.
    public mutating func add(_ grid: TokenGrid) {
        addNotes(of: grid)
        addSteps(of: grid)
    }

    /// Counts all that another has counted.
    public mutating func merge(_ other: FeatureHistograms) {
        histograms.merge(other.histograms) { mine, others in
            var both = mine
            both.merge(others)
            return both
        }
    }

    /// The distances to another set, feature by feature.
    public func distances(to reference: FeatureHistograms) -> FeatureDistances {
        FeatureDistances(
            Dictionary(
                uniqueKeysWithValues: Feature.allCases.compactMap { feature in
                    self[feature].jensenShannonDistance(to: reference[feature]).map { (feature, $0) }
                }))
    }

    private mutating func count(_ value: Int, as feature: Feature, times: Int = 1) {
        histograms[feature, default: Histogram()].add(value, count: times)
    }

    private mutating func addNotes(of grid: TokenGrid) {
        let stepsPerQuarter = max(1, grid.timing.stepsPerQuarter)
        for lane in 0..<grid.lanes {
            var last: Int?
            for note in grid.notes(inLane: lane) {
                let pitch = Int(note.pitch)
                count(pitch % 12, as: .pitchClass, times: note.steps.count)
                count(note.steps.count * Feature.ticksPerQuarter / stepsPerQuarter, as: .noteLength)
                let position = grid.timing.positionInBar(ofStep: note.steps.lowerBound)
                count(position * Feature.ticksPerQuarter / stepsPerQuarter, as: .onsetInBar)
                if let last { count(pitch - last, as: .melodicInterval) }
                last = pitch
            }
        }
    }

    private mutating func addSteps(of grid: TokenGrid) {
        let pitches = grid.soundingPitches
        for step in 0..<grid.steps {
            let cells = pitches[step * grid.lanes..<(step + 1) * grid.lanes].map { $0.map(Int.init) }
            count(cells.reduce(0) { set, pitch in pitch.map { set | 1 << ($0 % 12) } ?? set }, as: .chord)
            for (lane, pair) in zip(cells, cells.dropFirst()).enumerated() {
                guard let upper = pair.0, let lower = pair.1 else { continue }
                // Spacings are -127...127: 256 numbers for each pair of lanes.
                count(lane * 256 + upper - lower + 128, as: .voiceSpacing)
            }
        }
    }
}

/// Jensen-Shannon distances between two sets of pieces, 0...1, feature by feature.
public struct FeatureDistances: Hashable, Sendable {
    /// The distances of the features that both sets show; a single voice has no spacing.
    public let values: [Feature: Double]

    init(_ values: [Feature: Double]) { self.values = values }

    /// The distance of a feature, nil if one of the sets does not show it.
    public subscript(feature: Feature) -> Double? { values[feature] }

    /// The mean over the features both sets show, nil if there is none.
    public var mean: Double? {
        let known = Feature.allCases.compactMap { values[$0] }
        return known.isEmpty ? nil : known.reduce(0, +) / Double(known.count)
    }
}
