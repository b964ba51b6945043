import DiscreteDiffusion
import RealModule

extension InformationCurve {
    /// Computes the curve of a law that is written down, under its exact denoiser: by enumeration.
    ///
    /// `g(k)`, the mean over cells d and over sets A of D - k other cells of the conditional entropy `H(X_d | X_A)`,
    /// is the coefficient of the polynomial. Takes `2^D S^D D` operations: for tiny laws.
    public init(exactlyOf table: JointTable) {
        let cells = table.cellCount
        let samples = table.probabilities.indices.map(table.sample(number:))
        // H(X_A) for every set A of cells, as a bit mask.
        let entropies = (0..<1 << cells).map { set in
            var marginal: [[Token]: Double] = [:]
            for (sample, probability) in zip(samples, table.probabilities) where probability > 0 {
                let shown = (0..<cells).filter { set >> $0 & 1 == 1 }.map { sample[$0] }
                marginal[shown, default: 0] += probability
            }
            // In sorted order, so that the sum is the same in every run.
            return marginal.values.sorted().reduce(0) { $0 - $1 * .log($1) }
        }
        var (losses, counts) = ([Double](repeating: 0, count: cells), [Double](repeating: 0, count: cells))
        for set in 0..<1 << cells {
            for cell in 0..<cells where set >> cell & 1 == 0 {
                let masked = cells - set.nonzeroBitCount
                losses[masked - 1] += entropies[set | 1 << cell] - entropies[set]
                counts[masked - 1] += 1
            }
        }
        self.init(lossByMaskedCount: zip(losses, counts).map { $0 / $1 })
    }
}
