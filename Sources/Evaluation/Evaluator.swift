import PianoRoll

/// Measures sets of pieces against a reference set and a training set: the rows of a report.
public struct Evaluator: Sendable {
    /// The names of the metrics, in the order of a report's columns.
    public static let metrics: [String] =
        distances + VoiceLeading.Fault.allCases.map(\.title) + [meanRun, longestRun]

    /// The mean Jensen-Shannon distance over the features.
    public static let meanDistance = "mean distance"
    /// The mean over pieces of the longest run of steps that stands in the training set.
    public static let meanRun = "copied steps, mean"
    /// The longest such run of all pieces.
    public static let longestRun = "copied steps, longest"

    /// The names of the metrics of several lanes together.
    public static let betweenLanes: [String] =
        [Feature.chord, .voiceSpacing].map(\.title) + VoiceLeading.Fault.allCases.map(\.title)

    /// The names of the distances among the metrics.
    public static let distances: [String] = [meanDistance] + Feature.allCases.map(\.title)

    private let reference: FeatureHistograms
    private let copying: Copying?
    private let ranges: [ClosedRange<UInt8>]?

    /// Prepares to measure.
    ///
    /// - Parameters:
    ///   - reference: The pieces that distances are taken to: of the encoding, and best of the meter, of what is measured.
    ///   - training: The pieces that copies are sought in; none leaves the metrics of copying out.
    ///   - ranges: The range of each lane, as in `VoiceLeading`.
    public init(
        reference: [TokenGrid], training: [TokenGrid] = [], ranges: [ClosedRange<UInt8>]? = nil
    ) {
        self.reference = FeatureHistograms(reference)
        copying = training.isEmpty ? nil : Copying(training: training)
        self.ranges = ranges
    }

    /// The figures of a setting that was sampled with several seeds: means over seeds, with Student's interval.
    ///
    /// - Parameter seeds: The pieces of each seed.
    public func row(_ name: String, seeds: [[TokenGrid]]) -> EvaluationReport.Row {
        let figures = seeds.map { self.figures($0.map { observe([$0]) }) }
        var values: [String: Estimate] = [:]
        for metric in Self.metrics {
            values[metric] = Estimate(seeds: figures.compactMap { $0[metric] })
        }
        return EvaluationReport.Row(name: name, values: values)
    }

    /// The figures of one set, such as real music: 1.96 standard errors by bootstrap over its pieces.
    ///
    /// - Parameters:
    ///   - windowSteps: If given, each piece counts by its `windows(steps:)`, and is drawn with all of them or not at
    ///     all; shorter pieces are left out. Give the length of what the row is to be compared with.
    ///   - resamples: How often the pieces are drawn.
    ///   - seed: What the draws come from.
    public func row(
        _ name: String, pieces: [TokenGrid], windowSteps: Int? = nil, resamples: Int = 200, seed: UInt64 = 1
    ) -> EvaluationReport.Row {
        let observations =
            pieces
            .map { piece in windowSteps.map(piece.windows) ?? [piece] }
            .filter { !$0.isEmpty }
            .map(observe)
        var values: [String: Estimate] = [:]
        for metric in Self.metrics {
            // A resample cannot hold a longer run than the pieces: its spread says nothing of the maximum's error.
            let draws = metric == Self.longestRun ? 0 : resamples
            values[metric] = Estimate(bootstrapOver: observations, resamples: draws, seed: seed) {
                figure(metric, of: $0)
            }
        }
        return EvaluationReport.Row(name: name, values: values)
    }

    /// What is counted in a piece.
    private struct Observation {
        var features: FeatureHistograms
        var faults: VoiceLeading
        /// The longest copied run of each window.
        var runs: [Int]
    }

    private func observe(_ windows: [TokenGrid]) -> Observation {
        Observation(
            features: FeatureHistograms(windows), faults: VoiceLeading(windows, ranges: ranges),
            runs: copying.map { copying in windows.map { copying.longestRun(of: $0)?.steps.count ?? 0 } }
                ?? [])
    }

    private func figures(_ pieces: [Observation]) -> [String: Double] {
        var result: [String: Double] = [:]
        for metric in Self.metrics { result[metric] = figure(metric, of: pieces) }
        return result
    }

    private func figure(_ metric: String, of pieces: [Observation]) -> Double? {
        if let fault = VoiceLeading.Fault.allCases.first(where: { $0.title == metric }) {
            var faults = VoiceLeading()
            for piece in pieces { faults.merge(piece.faults) }
            return faults.rate(of: fault)
        }
        let runs = pieces.flatMap(\.runs)
        switch metric {
        case Self.meanRun: return runs.isEmpty ? nil : Double(runs.reduce(0, +)) / Double(runs.count)
        case Self.longestRun: return runs.max().map(Double.init)
        case Self.meanDistance: return distances(pieces, features: Feature.allCases).mean
        default:
            guard let feature = Feature.allCases.first(where: { $0.title == metric }) else { return nil }
            return distances(pieces, features: [feature])[feature]
        }
    }

    private func distances(_ pieces: [Observation], features: [Feature]) -> FeatureDistances {
        var values: [Feature: Double] = [:]
        for feature in features {
            var histogram = Histogram()
            for piece in pieces { histogram.merge(piece.features[feature]) }
            values[feature] = histogram.jensenShannonDistance(to: reference[feature])
        }
        return FeatureDistances(values)
    }
}

extension TokenGrid {
    /// The whole windows of a length that a piece can be cut into, one after another, what is left over dropped.
    ///
    /// Long pieces hold longer copied runs than short ones: cut real music to the length of what it is compared with.
    ///
    /// - Returns: none if the piece is shorter, or the length is not positive.
    public func windows(steps length: Int) -> [TokenGrid] {
        guard length > 0, steps >= length else { return [] }
        return (0..<steps / length).map { slice(steps: $0 * length..<($0 + 1) * length) }
    }
}
