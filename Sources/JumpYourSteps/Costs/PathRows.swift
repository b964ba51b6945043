import DiscreteDiffusion
import RealModule

/// Noised samples with the denoiser's posterior and the reverse rates of their cells, and what a step between two of them
/// costs.
struct PathRows {
    private let process: any ForwardProcess
    private let cellCount: Int
    private let stateCount: Int

    private var times: [Double] = []
    private var free: [[Int]] = []
    private var samples: [Int] = []
    /// `[rows, D]`.
    private var tokens: [Token] = []
    /// `p(x_0 | x_t)`, `[rows, D, S]`.
    private var posteriors: [Double] = []
    /// `q_t(x_t | x_0)`, `[rows, D, S]`.
    private var likelihoods: [Double] = []
    /// `Rhat(x_t -> y)`, `[rows, D, S]`; 0 at x_t.
    private var rates: [Double] = []
    /// Their logarithms; 0 where the rate is 0.
    private var logarithms: [Double] = []
    /// `sum of Rhat`, `[rows, D]`.
    private var totals: [Double] = []
    /// `sum of Rhat log Rhat`, `[rows, D]`.
    private var entropies: [Double] = []

    init(process: any ForwardProcess, cellCount: Int, stateCount: Int) {
        self.process = process
        self.cellCount = cellCount
        self.stateCount = stateCount
    }

    /// Adds a row.
    ///
    /// - Throws: `CostError.impossible` if the denoiser's answer is no law.
    mutating func append(
        tokens row: ArraySlice<Token>, time: Double, free cells: [Int], logits: ArraySlice<Double>,
        sample: Int
    ) throws(CostError) {
        let start = tokens.count
        tokens += row
        times.append(time)
        free.append(cells)
        samples.append(sample)
        let size = (start + cellCount) * stateCount
        for array in [\Self.posteriors, \.likelihoods, \.rates, \.logarithms]
            as [WritableKeyPath<Self, [Double]>]
        {
            self[keyPath: array] += Array(repeating: 0, count: size - self[keyPath: array].count)
        }
        totals += Array(repeating: 0, count: cellCount)
        entropies += Array(repeating: 0, count: cellCount)
        var law = Array(repeating: 0.0, count: stateCount)
        var cellRates = law
        for cell in cells where jumps(tokens[start + cell]) {
            let scores = logits.startIndex + cell * stateCount
            let highest = logits[scores..<scores + stateCount].max() ?? 0
            var sum = 0.0
            for state in 0..<stateCount {
                law[state] = .exp(logits[scores + state] - highest)
                sum += law[state]
            }
            guard sum.isFinite, sum > 0 else { throw .impossible(sample: sample, cell: cell, time: time) }
            for state in 0..<stateCount { law[state] /= sum }
            let total = Self.rates(of: process, from: tokens[start + cell], law, time, &cellRates)
            totals[start + cell] = total
            let place = (start + cell) * stateCount
            Self.likelihoods(
                of: process, token: tokens[start + cell], time, &likelihoods, place..<place + stateCount)
            var entropy = 0.0
            for state in 0..<stateCount {
                let rate = cellRates[state]
                posteriors[place + state] = law[state]
                rates[place + state] = rate
                let logarithm = rate > 0 ? Double.log(rate) : 0
                logarithms[place + state] = logarithm
                entropy += rate * logarithm
            }
            entropies[start + cell] = entropy
        }
    }

    /// Whether a cell with this token has anywhere to go.
    private func jumps(_ token: Token) -> Bool { !process.hasMask || Int(token) == stateCount }

    /// The divergence, at the time of a row, of the true reverse rates from those that a step frozen at an earlier row of the
    /// same path has there:
    /// `sum over cells, y != x_r of  Rhat_r log(Rhat_r / F) - Rhat_r + F`, nats a unit of time.
    ///
    /// - Throws: `CostError.impossible` where the frozen law excludes a jump that the true one allows.
    func divergence(
        of row: Int, frozenAt start: Int, in other: PathRows, _ freezing: Freezing
    ) throws(CostError) -> Double {
        var sum = 0.0
        for cell in free[row] where jumps(tokens[row * cellCount + cell]) {
            let term =
                freezing == .rates || process.hasMask
                ? frozenRates(row, start, other, cell, freezing)
                : frozenPosterior(row, start, other, cell)
            guard term.isFinite else {
                throw .impossible(sample: samples[row], cell: cell, time: times[row])
            }
            sum += term
        }
        return sum
    }

    /// With rates frozen at s. A jump to where the cell was at s has no rate there, and is left out.
    ///
    /// Of absorbing noise the frozen posterior has the rates at s too, `s / r` times as fast: `p_s / r`.
    private func frozenRates(
        _ row: Int, _ start: Int, _ other: PathRows, _ cell: Int, _ freezing: Freezing
    ) -> Double {
        let (here, there) = (row * cellCount + cell, start * cellCount + cell)
        let (first, second) = (here * stateCount, there * stateCount)
        let faster = freezing == .posterior ? other.times[start] / times[row] : 1
        var cross = 0.0
        let (fine, coarse) = (rates.span, other.logarithms.span)
        for state in 0..<stateCount {
            // In range: both rows have a place for every state. Checked reads take twice as long.
            cross += fine[unchecked: first + state] * coarse[unchecked: second + state]
        }
        var (entropy, total, frozen) = (entropies[here], totals[here], other.totals[there] * faster)
        let (now, before) = (tokens[here], other.tokens[there])
        if now != before {
            let rate = rates[first + Int(before)]
            total -= rate
            entropy -= rate * logarithms[first + Int(before)]
            frozen -= other.rates[second + Int(now)] * faster
        }
        if hasExcluded(first, second, other, except: now == before ? nil : before) { return .infinity }
        return max(0, entropy - cross - total * .log(faster) - total + frozen)
    }

    /// Whether a jump has a rate in this row and none in the other.
    private func hasExcluded(_ first: Int, _ second: Int, _ other: PathRows, except: Token?) -> Bool {
        for state in 0..<stateCount where other.rates[second + state] == 0 {
            if rates[first + state] > 0, except.map({ Int($0) != state }) ?? true { return true }
        }
        return false
    }

    /// With the posterior frozen at s: the law of x_0 given x_s, seen from x_r,
    /// `w(x_0) q_r(x_r | x_0)` with `w = p(x_0 | x_s) / q_s(x_s | x_0)`.
    private func frozenPosterior(_ row: Int, _ start: Int, _ other: PathRows, _ cell: Int) -> Double {
        let (here, there) = (row * cellCount + cell, start * cellCount + cell)
        let now = tokens[here]
        var law = (0..<stateCount).map { state in
            let evidence = other.likelihoods[there * stateCount + state]
            return evidence > 0
                ? other.posteriors[there * stateCount + state] / evidence
                    * likelihoods[here * stateCount + state] : 0
        }
        let total = law.reduce(0, +)
        guard total > 0 else { return .infinity }
        for state in law.indices { law[state] /= total }
        var frozen = law
        _ = Self.rates(of: process, from: now, law, times[row], &frozen)
        var sum = 0.0
        for state in 0..<stateCount where state != Int(now) {
            let rate = rates[here * stateCount + state]
            if rate > 0 { sum += rate * .log(rate / frozen[state]) }
            sum += frozen[state] - rate
        }
        return sum
    }

    private static func likelihoods(
        of process: some ForwardProcess, token: Token, _ time: Double, _ values: inout [Double],
        _ places: Range<Int>
    ) {
        var whole = values.mutableSpan
        var output = whole.extracting(places)
        process.likelihoods(of: token, at: time, into: &output)
    }

    private static func rates(
        of process: some ForwardProcess, from token: Token, _ posterior: [Double], _ time: Double,
        _ rates: inout [Double]
    ) -> Double {
        var output = rates.mutableSpan
        return process.reverseRates(from: token, posterior: posterior.span, at: time, into: &output)
    }
}
