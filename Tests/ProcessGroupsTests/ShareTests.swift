import ProcessGroups
import Testing

struct ShareTests {
    @Test(arguments: [0, 1, 5, 16, 1_000], [1, 2, 3, 7, 16])
    func `Shares follow each other, are all there is, and differ by one at most`(count: Int, workers: Int) {
        let range = 10..<10 + count
        let shares = (0..<workers).map { range.share($0, of: workers) }
        #expect(shares.flatMap(Array.init) == Array(range))
        let counts = shares.map(\.count)
        #expect((counts.max() ?? 0) - (counts.min() ?? 0) <= 1)
    }

    @Test func `What processes and then their threads take is the whole`() {
        for (processes, threads) in [(2, 1), (2, 2), (3, 2), (5, 3)] {
            let shares = (0..<processes).flatMap { process in
                let own = (0..<16).share(process, of: processes)
                return (0..<threads).map { own.share($0, of: threads) }
            }
            #expect(shares.flatMap(Array.init) == Array(0..<16), "\(processes) processes of \(threads)")
        }
    }

    @Test func `A process on its own takes every part and agrees with itself`() throws {
        let alone = SingleProcess()
        #expect(alone.isFirst && (0..<5).allSatisfy { alone.takes($0) })
        #expect(try alone.any(true) && !alone.any(false))
        #expect(try alone.agrees(on: .max))
        var values = [0.1, -2]
        alone.sum(&values)
        #expect(values == [0.1, -2])
    }
}
