import DiscreteDiffusion
import RealModule
import TestSupport
import Testing

/// Wants a cell to differ from the one before it, as far as that is known.
private struct Unlike: Guide {
    let cost: Double

    func adjust(_ logits: inout MutableSpan<Double>, cell: Int, tokens: Span<Token>) {
        for neighbour in [cell - 1, cell + 1] where (0..<tokens.count).contains(neighbour) {
            let token = Int(tokens[neighbour])
            if token < logits.count { logits[token] -= cost }
        }
    }
}

/// Every state alike.
private struct FlatDenoiser: Denoiser {
    let cellCount, stateCount: Int

    func predict(tokens: Span<Token>, times: Span<Double>, logits: inout MutableSpan<Double>) throws {
        for index in 0..<logits.count { logits[index] = 0 }
    }
}

@Suite struct GuideTests {
    private let process = AbsorbingProcess(stateCount: 3)

    private func samples(
        _ sampler: any Sampler, count: Int, steps: Int, cells: Int, cost: Double, seed: UInt64
    ) throws -> Samples {
        try sampler.sample(
            count: count, seed: seed, process: process,
            denoiser: FlatDenoiser(cellCount: cells, stateCount: 3), schedule: .uniform(steps),
            guide: Unlike(cost: cost))
    }

    @Test("Cells that are drawn in one step see each other, with every sampler that reveals as it draws")
    func oneStep() throws {
        let samplers: [any Sampler] = [
            TweedieSampler(), EulerSampler(), GillespieSampler(), DispersedSampler(),
        ]
        for sampler in samplers {
            let drawn = try samples(sampler, count: 20, steps: 1, cells: 30, cost: 1_000, seed: 1)
            #expect(drawn.denoiserCalls == 1)
            for sample in 0..<drawn.count {
                let tokens = Array(drawn[sample])
                let alike = zip(tokens, tokens.dropFirst()).count { $0 == $1 }
                #expect(alike == 0, "\(sampler.name)")
            }
        }
    }

    @Test("A draw is from the product of the posterior and the guide's scores")
    func product() throws {
        // Two cells, revealed one after the other: P(alike) = exp(-c) / (exp(-c) + 2).
        let cost = Double.log(2)
        let drawn = try samples(GillespieSampler(), count: 8_000, steps: 2, cells: 2, cost: cost, seed: 5)
        let alike = (0..<drawn.count).count { Set(drawn[$0]).count == 1 }
        #expect(
            chiSquareDeviation(counts: [alike, drawn.count - alike], law: [0.2, 0.8]) < 4.5, "\(alike)")
    }

    @Test("Noise without a mask has nothing to guide by")
    func mask() {
        #expect(throws: SamplingError.guide(process: "uniform")) {
            try TweedieSampler().sample(
                count: 1, seed: 1, process: UniformProcess(stateCount: 3, rate: 8),
                denoiser: FlatDenoiser(cellCount: 2, stateCount: 3), schedule: .uniform(2),
                guide: Unlike(cost: 1))
        }
    }
}
