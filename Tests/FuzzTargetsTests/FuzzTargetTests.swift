import FuzzTargets
import TestSupport
import Testing

/// A short run of every fuzz target on seeded mutations of good inputs; `make fuzz` is the long one.
@Suite struct FuzzTargetTests {
    @Test(.timeLimit(.minutes(2)), arguments: FuzzTarget.allCases)
    func mutationsOfGoodInputs(target: FuzzTarget) throws {
        let seeds = try target.seeds()
        for seed in seeds { target.run(seed) }
        let words = target.words.map { Array($0.utf8) }
        for number in UInt64(0)..<20_000 {
            var generator = SeededGenerator(seed: number)
            var bytes = seeds.randomElement(using: &generator) ?? []
            for _ in 0..<Int.random(in: 1...4, using: &generator) where !bytes.isEmpty {
                let place = Int.random(in: bytes.indices, using: &generator)
                switch Int.random(in: 0..<6, using: &generator) {
                case 0: bytes[place] = UInt8.random(in: 0...255, using: &generator)
                case 1: bytes[place] ^= 1 << UInt8.random(in: 0...7, using: &generator)
                case 2: bytes.remove(at: place)
                case 3: bytes.insert(contentsOf: words.randomElement(using: &generator) ?? [], at: place)
                case 4: bytes.insert(contentsOf: bytes[place...].prefix(9), at: place)
                default: bytes.removeLast(Int.random(in: 1...min(bytes.count, 20), using: &generator))
                }
            }
            // A trap ends the run; the number is that of the mutation to look at.
            target.run(bytes)
        }
    }

    @Test(arguments: FuzzTarget.allCases) func seedsAreAccepted(target: FuzzTarget) throws {
        #expect(try !target.seeds().isEmpty)
        for seed in try target.seeds() { #expect(target.run(seed)) }
    }
}
