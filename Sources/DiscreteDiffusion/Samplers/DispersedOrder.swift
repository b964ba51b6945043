/// Orders of places on a line whose stretches are spread evenly over it, most so as long as few places have been taken.
public enum DispersedOrder {
    /// Draws an order of 0 ..< count: the place next to the fractional part of `offset + i g` for i = 0, 1, ..., with g the golden
    /// ratio and a random offset; where that place has been taken, the nearest above it that has not, around the end.
    ///
    /// Of all multiples of one number those of the golden ratio are spread most evenly, in every stretch of i (Knuth, The Art of
    /// Computer Programming 3, section 6.4). Towards the end most places have been taken, and those that are left come closer together.
    public static func draw(of count: Int, using generator: inout CounterGenerator) -> [Int] {
        let golden = 0.618_033_988_749_894_8
        var place = generator.drawUnit()
        // next[i]: a place at or after i that may be free, i itself if it is; found by halving paths.
        var next = Array(0..<count)
        var order: [Int] = []
        order.reserveCapacity(count)
        for _ in 0..<count {
            var free = min(count - 1, Int(place * Double(count)))
            while next[free] != free {
                next[free] = next[next[free]]
                free = next[free]
            }
            order.append(free)
            next[free] = (free + 1) % count
            place += golden
            if place >= 1 { place -= 1 }
        }
        return order
    }
}
