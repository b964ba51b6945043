import CLAPACKE
import RealModule
import Synchronization

/// A reversible birth-death chain and its transition matrices.
///
/// With `A = D^(1/2) R D^(-1/2)`, D the law at rest on a diagonal, A is symmetric and tridiagonal, with 1 beside the diagonal. From its
/// eigenvectors V and eigenvalues l follows `exp(s R)(i, j) = sqrt(pi_j / pi_i) sum over k of V_ik exp(l_k s) V_jk`.
final class BirthDeathChain: Sendable {
    private let count: Int
    private let roots: [Double]
    private let values: [Double]
    /// `V_ik` at `k * count + i`.
    private let vectors: [Double]

    private struct Kept {
        var matrices: [Double: [Double]] = [:]
        /// In order of making: the oldest goes first.
        var order: [Double] = []
    }
    private let kept = Mutex(Kept())
    /// Matrices kept: as many as a grid of costs has times, and the differences of a schedule.
    private static let limit = 256

    /// Decomposes the chain.
    ///
    /// - Parameter stationary: The law at rest, `[S]`, positive, summing to 1.
    init(stationary: [Double]) {
        count = stationary.count
        let roots = stationary.map { $0.squareRoot() }
        self.roots = roots
        var diagonal = roots.indices.map { state in
            [state - 1, state + 1].filter(roots.indices.contains).reduce(0) { $0 - roots[$1] / roots[state] }
        }
        var beside = Array(repeating: 1.0, count: max(1, roots.count - 1))
        var vectors = Array(repeating: 0.0, count: roots.count * roots.count)
        let size = Int32(roots.count)
        let status = LAPACKE_dstev(
            LAPACK_COL_MAJOR, CChar(UInt8(ascii: "V")), size, &diagonal, &beside, &vectors, size)
        precondition(status == 0, "LAPACK's dstev: \(status)")
        values = diagonal
        self.vectors = vectors
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
        var matrix = Array(repeating: 0.0, count: count * count)
        if length == 0 {
            for state in 0..<count { matrix[state * count + state] = 1 }
            return matrix
        }
        for (k, value) in values.enumerated() {
            // The largest eigenvalue is 0, but for rounding.
            let factor = Double.exp(min(0, value) * length)
            if factor == 0 { continue }
            for i in 0..<count {
                let weight = vectors[k * count + i] * factor
                for j in 0..<count { matrix[i * count + j] += weight * vectors[k * count + j] }
            }
        }
        for i in 0..<count {
            for j in 0..<count {
                // What rounding makes negative is 0.
                matrix[i * count + j] = max(0, matrix[i * count + j] * roots[j] / roots[i])
            }
        }
        return matrix
    }
}
