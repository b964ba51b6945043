extension InformationCurve {
    /// What the best schedule of many steps costs, as a share of what as many equal steps cost, in 0...1:
    ///
    ///     (integral from 0 to 1 of sqrt(h'(t)) dt)^2 / (h(1) - h(0))
    ///
    /// A short step of width w at t costs `D h'(t) w^2 / 2`. N steps of width `1 / (N r(t))`, r integrating to 1, cost
    /// `D / (2 N) * integral of h' / r`, least for r in proportion to `sqrt(h')`. Equal steps have r = 1. So where the curve is a
    /// line no schedule gains anything, and of many steps half as many can be as good only where the share is at most a half; few steps
    /// can gain more, where the curve jumps. 1 for a curve that does not rise.
    public var costOfManySteps: Double {
        let parts = 1 << 14
        var (roots, before) = (0.0, value(at: 0))
        let rise = value(at: 1) - before
        guard rise > 0 else { return 1 }
        for part in 1...parts {
            let here = value(at: Double(part) / Double(parts))
            roots += (max(0, here - before) / Double(parts)).squareRoot()
            before = here
        }
        return min(1, roots * roots / rise)
    }
}
