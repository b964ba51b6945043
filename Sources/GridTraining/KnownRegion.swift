import DiscreteDiffusion

/// Which cells of a window are known from the start, as in the tasks a model is asked to do.
package struct KnownRegion {
    /// Whether each cell is free, `[steps * lanes]`.
    package let free: [Bool]

    /// Draws a task: to continue a prefix, to add voices to given ones, or to fill in a region. At least one cell is
    /// free.
    package static func draw(steps: Int, lanes: Int, using generator: inout CounterGenerator) -> KnownRegion {
        var firstFree = 0
        var lastFree = steps
        var lanesFree = [Bool](repeating: true, count: lanes)
        switch generator.drawIndex(below: lanes > 1 ? 3 : 2) {
        case 0:  // continue
            firstFree = generator.drawIndex(below: steps)
        case 1:  // infill
            firstFree = generator.drawIndex(below: steps)
            lastFree = firstFree + 1 + generator.drawIndex(below: steps - firstFree)
            lanesFree = someLanes(lanes, all: true, using: &generator)
        default:  // harmonise
            lanesFree = someLanes(lanes, all: false, using: &generator)
        }
        let free = (0..<steps).flatMap { step in
            (0..<lanes).map { step >= firstFree && step < lastFree && lanesFree[$0] }
        }
        return KnownRegion(free: free)
    }

    /// A random set of lanes, not empty and, unless `all` is allowed, not all of them.
    private static func someLanes(_ lanes: Int, all: Bool, using generator: inout CounterGenerator) -> [Bool]
    {
        let most = all ? lanes : max(1, lanes - 1)
        let count = 1 + generator.drawIndex(below: most)
        var chosen = [Bool](repeating: false, count: lanes)
        for lane in generator.drawOrder(of: lanes).prefix(count) { chosen[lane] = true }
        return chosen
    }
}
