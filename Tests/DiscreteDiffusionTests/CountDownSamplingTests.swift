import DiscreteDiffusion
import Foundation
import TestSupport
import Testing

/// Error rates of CountDown under uniform noise (16 states, 128 cells, sigma = 4 t), exact posterior, as the numpy prototype
/// found them from 512 sequences.
private struct Prototype {
    let steps: Int
    let tweedie: Double
    let euler: Double
}

private let prototype = [
    Prototype(steps: 2, tweedie: 0.685, euler: 0.690), Prototype(steps: 4, tweedie: 0.365, euler: 0.442),
    Prototype(steps: 8, tweedie: 0.092, euler: 0.130), Prototype(steps: 16, tweedie: 0.017, euler: 0.024),
]

@Suite struct CountDownSamplingTests {
    @Test(arguments: prototype)
    private func uniformNoiseMakesThePrototypesErrors(row: Prototype) throws {
        let seed: UInt64 = 1
        let process = UniformProcess(stateCount: 16, rate: 4)
        let denoiser = CountDown.denoiser(process: process, cellCount: 128)
        for (sampler, expected) in [
            (TweedieSampler() as any Sampler, row.tweedie), (EulerSampler(), row.euler),
        ] {
            let samples = try sampler.sample(
                count: 256, seed: seed, process: process, denoiser: denoiser, schedule: .uniform(row.steps))
            let rates = (0..<256).map { CountDown.errorRate(of: Array(samples[$0]), cellCount: 128) }
            let mean = rates.reduce(0, +) / 256
            let error = (rates.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / 255 / 256).squareRoot()
            print(
                String(
                    format: "uniform noise, %@, %d steps: error %.4f+-%.4f, prototype %.3f", sampler.name,
                    row.steps, mean, error, expected))
            // The prototype's sequences are assumed as many as for absorbing noise; its figures have three digits.
            #expect(abs(mean - expected) < 4 * 1.42 * error + 0.0005, "\(sampler.name), seed \(seed)")
        }
    }
}
