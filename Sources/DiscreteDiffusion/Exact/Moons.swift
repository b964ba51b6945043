import RealModule

/// Two half circles that reach into each other, blurred: a law of two cells, small enough to be written down.
public enum Moons {
    /// The number of states of each cell.
    public static let stateCount = 256

    /// The law, `[S x S]`, x before y; beyond four deviations of the blur from the half circles it is 0.
    ///
    /// - Parameter stateCount: `S`, 32...1024.
    public static func table(stateCount: Int = Moons.stateCount) -> JointTable {
        precondition((32...1_024).contains(stateCount), "moons of \(stateCount) states")
        let scale = Double(stateCount) / 256
        let (radius, blur) = (72 * scale, 6 * scale)
        let reach = Int(4 * blur)
        var weights = [Double](repeating: 0, count: stateCount * stateCount)
        for point in 0..<360 {
            let angle = Double.pi * (Double(point) + 0.5) / 360
            // The upper one about (92, 110) of 256, the lower one, turned over, about (164, 146).
            for (x, y) in [
                (92 * scale - radius * .cos(angle), 110 * scale + radius * .sin(angle)),
                (164 * scale - radius * .cos(angle), 146 * scale - radius * .sin(angle)),
            ] {
                for column in Int(x) - reach...Int(x) + reach where (0..<stateCount).contains(column) {
                    for row in Int(y) - reach...Int(y) + reach where (0..<stateCount).contains(row) {
                        let (across, up) = (Double(column) - x, Double(row) - y)
                        let square = (across * across + up * up) / (blur * blur)
                        if square < 16 { weights[column * stateCount + row] += .exp(-square / 2) }
                    }
                }
            }
        }
        let total = weights.reduce(0, +)
        let law = weights.map { $0 / total }
        do {
            return try JointTable(cellCount: 2, stateCount: stateCount, probabilities: law)
        } catch {
            preconditionFailure("the moons are a law of two cells: \(error)")
        }
    }
}
