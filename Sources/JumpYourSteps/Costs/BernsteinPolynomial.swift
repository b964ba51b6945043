/// `sum over i of c_i B(n, i; t)`, where `B(n, i; t)` is the binomial probability of i successes in n trials.
struct BernsteinPolynomial: Hashable, Sendable {
    /// `c_0 ... c_n`.
    let coefficients: [Double]
    /// The coefficients, of degree n + 1, of the integral from 0.
    private let integrated: [Double]

    /// - Precondition: There is a coefficient.
    init(coefficients: [Double]) {
        precondition(!coefficients.isEmpty, "a polynomial without coefficients")
        self.coefficients = coefficients
        // The integral of B(n, i) from 0 is (1 / (n + 1)) times the sum over j > i of B(n + 1, j).
        var (sum, integrated) = (0.0, [0.0])
        for coefficient in coefficients {
            sum += coefficient
            integrated.append(sum / Double(coefficients.count))
        }
        self.integrated = integrated
    }

    /// The value at t in 0...1.
    func value(at time: Double) -> Double { Self.value(coefficients, at: time) }

    /// The integral from 0 to t.
    func integral(to time: Double) -> Double { Self.value(integrated, at: time) }

    /// De Casteljau's scheme: only convex combinations, so no cancellation.
    private static func value(_ coefficients: [Double], at time: Double) -> Double {
        var points = coefficients
        for degree in stride(from: points.count - 1, to: 0, by: -1) {
            for index in 0..<degree {
                points[index] += time * (points[index + 1] - points[index])
            }
        }
        return points[0]
    }
}
