import DiscreteDiffusion
import TestSupport
import Testing

@Suite struct CounterGeneratorTests {
    /// Random123's `kat_vectors`, the rows `philox4x32 10`.
    @Test(arguments: [
        (
            SIMD4<UInt32>(repeating: 0), SIMD2<UInt32>(repeating: 0),
            SIMD4<UInt32>(0x6627_e8d5, 0xe169_c58d, 0xbc57_ac4c, 0x9b00_dbd8)
        ),
        (
            SIMD4<UInt32>(repeating: .max), SIMD2<UInt32>(repeating: .max),
            SIMD4<UInt32>(0x408f_276d, 0x41c8_3b0e, 0xa20b_c7c6, 0x6d54_51fd)
        ),
        (
            SIMD4<UInt32>(0x243f_6a88, 0x85a3_08d3, 0x1319_8a2e, 0x0370_7344),
            SIMD2<UInt32>(0xa409_3822, 0x299f_31d0),
            SIMD4<UInt32>(0xd16c_fe09, 0x94fd_cceb, 0x5001_e420, 0x2412_6ea1)
        ),
    ])
    func knownAnswers(counter: SIMD4<UInt32>, key: SIMD2<UInt32>, answer: SIMD4<UInt32>) {
        #expect(CounterGenerator.philox(counter: counter, key: key) == answer)
    }

    @Test func sequenceIsTheCipherOfTheCounter() {
        var generator = CounterGenerator(
            seed: 0x0123_4567_89ab_cdef, for: .data, stream: 0x0000_feed_0000_beef, substream: 7)
        let key = SIMD2<UInt32>(0x89ab_cdef, 0x0123_4567)
        for block in UInt32(0)..<5 {
            let words = CounterGenerator.philox(
                counter: SIMD4(block, 0x0200_0007, 0x0000_beef, 0x0000_feed), key: key)
            #expect(generator.next() == UInt64(words[0]) | UInt64(words[1]) << 32)
            #expect(generator.next() == UInt64(words[2]) | UInt64(words[3]) << 32)
        }
    }

    @Test func seedsStreamsAndSubstreamsDiffer() {
        var seen: Set<UInt64> = []
        for seed in UInt64(0)..<4 {
            for stream in UInt64(0)..<8 {
                for substream in 0..<8 {
                    for purpose in [CounterGenerator.Purpose.sampling, .noise, .data, .cost, .training] {
                        var generator = CounterGenerator(
                            seed: seed, for: purpose, stream: stream, substream: substream)
                        for _ in 0..<4 { seen.insert(generator.next()) }
                    }
                }
            }
        }
        #expect(seen.count == 4 * 8 * 8 * 5 * 4)
    }

    @Test func drawsHaveTheirLaws() {
        var generator = CounterGenerator(seed: 11)
        let count = 100_000
        let units = (0..<count).map { _ in generator.drawUnit() }
        #expect(units.allSatisfy { (0..<1).contains($0) })
        #expect(abs(units.reduce(0, +) / Double(count) - 0.5) < 5 * (1.0 / 12 / Double(count)).squareRoot())
        let waits = (0..<count).map { _ in generator.drawExponential() }
        #expect(abs(waits.reduce(0, +) / Double(count) - 1) < 5 / Double(count).squareRoot())
        let weights = [0.5, 0, 1.5, 2]
        var counts = [0, 0, 0, 0]
        for _ in 0..<count { counts[generator.drawIndex(weights: weights.span, total: 4)] += 1 }
        #expect(chiSquareDeviation(counts: counts, law: weights.map { $0 / 4 }) < 4.5)
        var places = Array(repeating: 0, count: 24)
        for _ in 0..<count {
            let order = generator.drawOrder(of: 4)
            #expect(order.sorted() == [0, 1, 2, 3])
            let rank = order.indices.map { place in order[(place + 1)...].filter { $0 < order[place] }.count }
            places[rank[0] * 6 + rank[1] * 2 + rank[2]] += 1
        }
        #expect(chiSquareDeviation(counts: places, law: Array(repeating: 1 / 24, count: 24)) < 4.5)
    }

    @Test(arguments: [0.0, 0.3, 4, 60, 5_000])
    func poissonDrawsHaveTheirMeanAndVariance(mean: Double) {
        var generator = CounterGenerator(seed: 5, for: .data)
        let draws = (0..<4_000).map { _ in Double(generator.drawPoisson(mean: mean)) }
        let average = draws.reduce(0, +) / 4_000
        let variance = draws.reduce(0) { $0 + ($1 - average) * ($1 - average) } / 3_999
        #expect(draws.allSatisfy { $0 >= 0 })
        #expect(abs(average - mean) <= 4 * (mean / 4_000).squareRoot())
        #expect(abs(variance - mean) <= 0.12 * mean + 0.05)
    }
}
