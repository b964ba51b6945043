import DiscreteDiffusion
import Testing

@Suite struct DispersedOrderTests {
    @Test func `Every place comes once`() {
        var generator = CounterGenerator(seed: 1)
        for count in [0, 1, 2, 3, 5, 8, 13, 100, 257, 512] {
            let order = DispersedOrder.draw(of: count, using: &generator)
            #expect(order.sorted() == Array(0..<count))
        }
    }

    /// In the first half, where hardly a place has been taken, each stretch of k of n places keeps a distance of 0.38 n / k,
    /// rounded down, the smallest gap of multiples of the golden ratio (Knuth, exercise 6.4-9), wherever it begins.
    @Test(arguments: [4, 16, 32])
    func `Every stretch is spread evenly`(length: Int) {
        let count = 512
        var generator = CounterGenerator(seed: 2)
        for _ in 0..<20 {
            let order = DispersedOrder.draw(of: count, using: &generator)
            for start in 0..<count / 2 - length {
                let places = order[start..<start + length].sorted()
                let gaps =
                    zip(places, places.dropFirst()).map { $1 - $0 } + [places[0] + count - places[length - 1]]
                let least = gaps.min() ?? 0
                #expect(Double(least) >= 0.38 * Double(count / length) - 3, "\(least) from \(start)")
            }
        }
    }

    @Test func `Orders differ between draws and repeat with the seed`() {
        var (first, second) = (CounterGenerator(seed: 3), CounterGenerator(seed: 3))
        let order = DispersedOrder.draw(of: 50, using: &first)
        #expect(order == DispersedOrder.draw(of: 50, using: &second))
        #expect(order != DispersedOrder.draw(of: 50, using: &first))
    }
}
