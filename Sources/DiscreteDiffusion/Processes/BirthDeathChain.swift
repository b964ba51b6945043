import RealModule
import Synchronization

/// A reversible birth-death chain and its transition matrices.
///
/// `exp(s R) = exp(-c s) exp(s (R + c I))` with c the highest rate of leaving: the series of the second factor, and squaring it up, add
/// and multiply what is not negative, so that small entries keep their digits and none is 0 that should not be. (Eigenvectors would leave
/// entries below 1e-16 to chance, and Bayes' rule divides by them.)
final class BirthDeathChain: Sendable {
    private let count: Int
    private let roots: [Double]
    /// The highest rate of leaving a state.
    private let highest: Double

    private struct Kept {
        var matrices: [Double: [Double]] = [:]
        /// In order of making: the oldest goes first.
        var order: [Double] = []
    }
    private let kept = Mutex(Kept())
    /// Matrices kept: as many as a grid of costs has times, and the differences of a schedule.
    private static let limit = 256

    /// Prepares the chain.
    ///
    /// - Parameter stationary: The law at rest, `[S]`, positive, summing to 1.
    init(stationary: [Double]) {
        count = stationary.count
        roots = stationary.map { $0.squareRoot() }
        let roots = roots
        highest =
            roots.indices.map { state in
                [state - 1, state + 1].filter(roots.indices.contains).reduce(0) {
                    $0 + roots[$1] / roots[state]
                }
            }.max() ?? 0
    }

    /// `R(from, to)`.
    func rate(from: Int, to: Int) -> Double {
        if from == to {
            var leaving = 0.0
            if from > 0 { leaving += roots[from - 1] / roots[from] }
            if from + 1 < count { leaving += roots[from + 1] / roots[from] }
            return -leaving
        }
        return abs(from - to) == 1 ? roots[to] / roots[from] : 0
    }

    /// `exp(s R)`, `[S, S]`, row-major.
    func transitions(after length: Double) -> [Double] {
        kept.withLock { kept in
            if let matrix = kept.matrices[length] { return matrix }
            let matrix = exponential(length)
            if kept.order.count == Self.limit { kept.matrices[kept.order.removeFirst()] = nil }
            kept.order.append(length)
            kept.matrices[length] = matrix
            return matrix
        }
    }

    private func exponential(_ length: Double) -> [Double] {
        // Halved until a handful of terms is enough.
        var (halvings, part) = (0, length)
        while part * highest > 0.5 {
            part /= 2
            halvings += 1
        }
        var sum = Array(repeating: 0.0, count: count * count)
        for state in 0..<count { sum[state * count + state] = 1 }
        var term = sum
        // The terms reach a state farther each. Those of all parts together are to reach across the chain twice: then no entry, however small,
        // is left at 0 or without its largest share.
        for order in 1...24 + (2 * count) >> halvings {
            term = step(term, scale: part / Double(order))
            for index in sum.indices { sum[index] += term[index] }
        }
        let factor = Double.exp(-highest * part)
        for index in sum.indices { sum[index] *= factor }
        for _ in 0..<halvings { sum = squared(sum) }
        return sum
    }

    /// The product with `scale (R + c I)`, which has three diagonals.
    private func step(_ matrix: [Double], scale: Double) -> [Double] {
        var result = Array(repeating: 0.0, count: count * count)
        for column in 0..<count {
            for from in max(0, column - 1)...min(count - 1, column + 1) {
                let weight = scale * (rate(from: from, to: column) + (from == column ? highest : 0))
                for row in 0..<count { result[row * count + column] += matrix[row * count + from] * weight }
            }
        }
        return result
    }

    private func squared(_ matrix: [Double]) -> [Double] {
        var result = Array(repeating: 0.0, count: count * count)
        let factor = matrix.span
        var output = result.mutableSpan
        for row in 0..<count {
            for middle in 0..<count {
                let weight = factor[row * count + middle]
                if weight == 0 { continue }
                for column in 0..<count {
                    // In range: both matrices are `[count, count]`. Checked reads are scalar.
                    output[unchecked: row * count + column] +=
                        weight * factor[unchecked: middle * count + column]
                }
            }
        }
        return result
    }
}
