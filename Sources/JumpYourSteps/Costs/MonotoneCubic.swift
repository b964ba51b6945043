/// A smooth curve through points that rise, which rises too: piecewise cubic, with a continuous slope.
///
/// Fritsch and Butland's slopes (SIAM J. Sci. Stat. Comput. 5, 1984): the weighted harmonic mean of the chords beside a
/// knot. Values and the integral are closed forms.
struct MonotoneCubic: Hashable, Sendable {
    /// Where the points lie, strictly ascending.
    let knots: [Double]
    /// The curve's value at each knot.
    let values: [Double]
    private let slopes: [Double]
    /// The integral from the first knot to each knot.
    private let integrals: [Double]

    /// - Precondition: At least two knots, strictly ascending, a value for each.
    init(knots: [Double], values: [Double]) {
        precondition(
            knots.count >= 2 && knots.count == values.count, "\(knots.count), \(values.count) points")
        precondition(zip(knots, knots.dropFirst()).allSatisfy { $0 < $1 }, "knots must ascend")
        self.knots = knots
        self.values = values
        let last = knots.count - 1
        let widths = (0..<last).map { knots[$0 + 1] - knots[$0] }
        let chords = (0..<last).map { (values[$0 + 1] - values[$0]) / widths[$0] }
        var slopes = Array(repeating: 0.0, count: knots.count)
        slopes[0] = chords[0]
        slopes[last] = chords[last - 1]
        for knot in 1..<max(last, 1) where chords[knot - 1] * chords[knot] > 0 {
            let (before, after) = (2 * widths[knot] + widths[knot - 1], widths[knot] + 2 * widths[knot - 1])
            slopes[knot] = (before + after) / (before / chords[knot - 1] + after / chords[knot])
        }
        self.slopes = slopes
        var integrals = [0.0]
        for piece in 0..<last {
            // The Hermite cubic's integral over its piece is the trapezium's plus the slopes' share.
            let area = widths[piece] * (values[piece] + values[piece + 1]) / 2
            let bend = widths[piece] * widths[piece] * (slopes[piece] - slopes[piece + 1]) / 12
            integrals.append(integrals[piece] + area + bend)
        }
        self.integrals = integrals
    }

    /// The value at a place; outside the knots that of the nearest.
    func value(at place: Double) -> Double {
        if place <= knots[0] { return values[0] }
        if place >= knots[knots.count - 1] { return values[values.count - 1] }
        let (piece, width, x) = locate(place)
        let (a, b) = (values[piece], values[piece + 1])
        let (da, db) = (slopes[piece] * width, slopes[piece + 1] * width)
        return a + x * (da + x * (3 * (b - a) - 2 * da - db + x * (2 * (a - b) + da + db)))
    }

    /// The integral from the first knot to a place between the knots.
    func integral(to place: Double) -> Double {
        if place <= knots[0] { return 0 }
        if place >= knots[knots.count - 1] { return integrals[integrals.count - 1] }
        let (piece, width, x) = locate(place)
        let (a, b) = (values[piece], values[piece + 1])
        let (da, db) = (slopes[piece] * width, slopes[piece + 1] * width)
        let inner = a + x * (da / 2 + x * ((3 * (b - a) - 2 * da - db) / 3 + x * (2 * (a - b) + da + db) / 4))
        return integrals[piece] + width * x * inner
    }

    /// The piece a place lies in, its width, and how far into it the place lies, 0...1.
    private func locate(_ place: Double) -> (piece: Int, width: Double, x: Double) {
        var (low, high) = (0, knots.count - 1)
        while high - low > 1 {
            let middle = (low + high) / 2
            if knots[middle] <= place { low = middle } else { high = middle }
        }
        let width = knots[low + 1] - knots[low]
        return (low, width, (place - knots[low]) / width)
    }
}
