import DiscreteDiffusion
import RealModule

extension InformationCurve {
    /// Computes the curve of a Markov chain under the exact denoiser of a chain, the same or another: without sampling.
    ///
    /// A masked cell d sees no more than the nearest shown cells i < d < j. With `T~` the denoiser's transitions,
    /// `-log p(x_d | x_i, x_j) = A(i, j) - A(i, d) - A(d, j)`, where `A(i, j) = log T~^(j - i)(x_i, x_j)`; before the
    /// first shown cell `A` is the law of the cell itself, after the last one 0. The gaps are geometric in t, so all that
    /// is needed is the expectation of A summed over pairs at distance k, for every k: `D` matrix products.
    ///
    /// - Parameters:
    ///   - source: The law of the data.
    ///   - model: The denoiser's chain, of the same sizes; no transition may be 0 that the source makes.
    ///   - gridSize: At how many times the curve is computed, at least 2; cubic between.
    /// - Throws: `CostError` if the model excludes what the source makes.
    public init(
        exactlyOf source: MarkovChain, under model: MarkovChain, gridSize: Int = 1024
    ) throws(CostError) {
        precondition(
            source.cellCount == model.cellCount && source.stateCount == model.stateCount,
            "chains of different sizes")
        let gaps = ChainGaps(source: source, model: model)
        let times = Self.measuringTimes(count: gridSize, cellCount: Double(source.cellCount))
        try self.init(
            cellCount: Double(source.cellCount), times: times, values: times.map(gaps.meanLoss(at:)))
    }
}

/// What a chain's cells say of each other across gaps.
private struct ChainGaps {
    /// Expected `A(i, i + k)` summed over i, at k; nothing at 0.
    var pairs: [Double]
    /// Expected log probability of cell j by itself, at j.
    var singles: [Double]

    init(source: MarkovChain, model: MarkovChain) {
        let (cells, states) = (source.cellCount, source.stateCount)
        let laws = Self.laws(source)
        singles = zip(laws, Self.laws(model)).map { Self.expectedLog(weights: $0, of: $1) }
        // starts[n]: the sum of the laws of the first n cells, from which gaps can start.
        var starts = [[Double](repeating: 0, count: states)]
        for law in laws { starts.append(zip(starts[starts.count - 1], law).map { $0 + $1 }) }

        pairs = [0]
        var (truth, belief) = (source.transitions, model.transitions)
        for gap in 1..<max(cells, 1) {
            let weights = (0..<states * states).map { starts[cells - gap][$0 / states] * truth[$0] }
            pairs.append(Self.expectedLog(weights: weights, of: belief))
            truth = Self.product(truth, source.transitions, size: states)
            belief = Self.product(belief, model.transitions, size: states)
        }
    }

    /// h(t): the mean over cells of the expected loss of a masked cell.
    func meanLoss(at time: Double) -> Double {
        let shown = 1 - time
        var (power, sum) = (1.0, -singles[0])
        for gap in 1..<max(singles.count, 1) {
            // `power` is t^(k - 1): k - 1 masked cells in a row, or a gap of k to the nearest shown cell.
            sum -= 2 * power * shown * pairs[gap]
            sum += Double(gap) * power * shown * singles[gap] - power * time * singles[gap]
            // Pairs two or more apart have k - 1 cells between them, each with t^(k - 2) for the others.
            if gap > 1 {
                sum +=
                    Double(gap - 1) * (time > 0 ? power / time : (gap == 2 ? 1 : 0)) * shown * shown
                    * pairs[gap]
            }
            power *= time
        }
        return sum / Double(singles.count)
    }

    private static func laws(_ chain: MarkovChain) -> [[Double]] {
        var laws = [chain.initial]
        let states = chain.stateCount
        while laws.count < chain.cellCount {
            let last = laws[laws.count - 1]
            laws.append(
                (0..<states).map { to in
                    (0..<states).reduce(0) { $0 + last[$1] * chain.transitions[$1 * states + to] }
                })
        }
        return laws
    }

    private static func expectedLog(weights: [Double], of probabilities: [Double]) -> Double {
        zip(weights, probabilities).reduce(0) { $1.0 > 0 ? $0 + $1.0 * .log($1.1) : $0 }
    }

    private static func product(_ first: [Double], _ second: [Double], size: Int) -> [Double] {
        var result = [Double](repeating: 0, count: size * size)
        for row in 0..<size {
            for inner in 0..<size where first[row * size + inner] != 0 {
                let weight = first[row * size + inner]
                for column in 0..<size {
                    result[row * size + column] += weight * second[inner * size + column]
                }
            }
        }
        return result
    }
}
