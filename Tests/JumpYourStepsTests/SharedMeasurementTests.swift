import DiscreteDiffusion
import JumpYourSteps
import TestSupport
import Testing

/// What is measured is the same, bit for bit, however many processes (here threads) share the samples out.
struct SharedMeasurementTests {
    private static let cells = 16

    private static func data(_ count: Int) -> [Token] {
        CountDown.source(stateCount: 8, cellCount: cells).draw(count: count, seed: 1)
    }

    @Test func `The information curve`() throws {
        let process = AbsorbingProcess(stateCount: 8)
        let found = try [1, 2, 3].map { size in
            try ThreadGroup.run(size) { group in
                let measured = try InformationCurve.measure(
                    denoiser: CountDown.denoiser(process: process, cellCount: Self.cells),
                    data: Self.data(10), gridSize: 9, seed: 2, batchSize: 4, group: group)
                return measured.values + measured.standardErrors
            }
        }
        #expect(Set(found.joined()).count == 1)
        #expect(found[0][0].contains { $0 > 0 })
    }

    @Test func `What a sampler with an order of its own says`() throws {
        let process = AbsorbingProcess(stateCount: 8)
        let found = try [1, 2, 3].map { size in
            try ThreadGroup.run(size) { group in
                let measured = try RevealMeasurement(
                    denoiser: CountDown.denoiser(process: process, cellCount: Self.cells),
                    data: Self.data(5), grid: .uniform(8), order: DispersedOrder.draw, seed: 3, group: group)
                let loss = try #require(measured.loss(of: Schedule.uniform(4)))
                return [loss.mean, loss.standardError]
            }
        }
        #expect(Set(found.joined()).count == 1)
    }

    @Test(arguments: Paths.allCases)
    func `The bound of Kullback and Leibler`(paths: Paths) throws {
        let chain = try MarkovChain(
            cellCount: 4, initial: [0.6, 0.3, 0.1],
            transitions: [0.1, 0.85, 0.05, 0.05, 0.15, 0.8, 0.7, 0.1, 0.2])
        let found = try [1, 2, 3].map { size in
            try ThreadGroup.run(size) { group in
                let process = UniformProcess(stateCount: 3, rate: 4)
                let measured = try KLUBMeasurement(
                    process: process,
                    denoiser: MarkovChainDenoiser(chain: chain, process: process),
                    data: chain.draw(count: 20, seed: 5), grid: .uniform(8), freezing: .posterior,
                    paths: paths, seed: 6, group: group)
                let cost = try #require(measured.cost(of: Schedule.uniform(4)))
                return [cost.mean, cost.standardError, Double(measured.denoiserCalls)]
            }
        }
        #expect(Set(found.joined()).count == 1)
        #expect(found[0][0][2] == 20 * 8)
    }
}
