import NeuralEngine
import TestSupport
import Testing

@Suite struct AdamWTests {
    /// AdamW in f64, element by element, as Loshchilov and Hutter (2019) have it, with clipping and the average.
    private struct Reference {
        var parameters, average: [Double]
        var mean, meanSquare: [Double]
        let decayed: [Range<Int>]

        init(_ parameters: [Double], decayed: [Range<Int>]) {
            self.parameters = parameters
            average = parameters
            mean = parameters.map { _ in 0 }
            meanSquare = mean
            self.decayed = decayed
        }

        mutating func step(_ number: Int, rate: Double, gradient: [Double], _ s: AdamW.Settings) -> Double {
            let (beta1, beta2) = (Double(s.beta1), Double(s.beta2))
            let norm = dot(gradient, gradient).squareRoot()
            let scale = min(1, Double(s.clip) / norm)
            var (power1, power2) = (1.0, 1.0)
            for _ in 0..<number {
                power1 *= beta1
                power2 *= beta2
            }
            let keep = min(Double(s.averageDecay), Double(number) / Double(number + 10))
            for i in parameters.indices {
                let g = gradient[i] * scale
                mean[i] = beta1 * mean[i] + (1 - beta1) * g
                meanSquare[i] = beta2 * meanSquare[i] + (1 - beta2) * g * g
                if decayed.contains(where: { $0.contains(i) }) {
                    parameters[i] *= 1 - rate * Double(s.weightDecay)
                }
                let root = (meanSquare[i] / (1 - power2)).squareRoot()
                parameters[i] -= rate * (mean[i] / (1 - power1)) / (root + Double(s.epsilon))
                average[i] = keep * average[i] + (1 - keep) * parameters[i]
            }
            return norm
        }
    }

    /// Ranges of decay that begin and end inside chunks, cross their bounds, touch each other and reach the end.
    private static let ranges = [16..<48, 48..<64, 32_000..<33_024, 65_536..<65_552, 70_000..<70_016]

    @Test(arguments: [1, 2, 3], [Float(0.5), 1e6])
    func equalsTheFormula(_ threads: Int, _ clip: Float) throws {
        var generator = SeededGenerator(seed: 100)
        let count = 70_016
        let (parameters, values) = randomBuffer(.f32, count: count, using: &generator)
        let compact = Buffer(.bf16, count: count)
        let optimiser = AdamW(parameters: parameters, compact: compact, decayed: Self.ranges)
        var reference = Reference(values, decayed: Self.ranges)
        #expect(compact.values == parameters.values.map { BrainFloat16($0).float })
        var settings = AdamW.Settings()
        settings.clip = clip
        settings.weightDecay = 0.3
        for number in 1...5 {
            // Two workers, whose gradients are summed.
            let (first, a) = randomBuffer(.f32, count: count, using: &generator)
            let (second, b) = randomBuffer(.f32, count: count, using: &generator)
            let rate: Float = 0.01 * Float(number)
            let norm = try optimiser.step(
                number, rate: rate, gradients: [first, second], settings: settings, threads: threads)
            let expected = reference.step(number, rate: Double(rate), gradient: zip(a, b).map(+), settings)
            #expect(abs(Double(norm) - expected) < 1e-4 * expected)
        }
        let name = "clip \(clip), \(threads) threads"
        expectClose(optimiser.parameters, reference.parameters, absolute: 2e-5, relative: 1e-5, name)
        expectClose(optimiser.average, reference.average, absolute: 2e-5, relative: 1e-5, "average, " + name)
        expectClose(optimiser.mean, reference.mean, absolute: 1e-6, relative: 1e-4, "mean, " + name)
        expectClose(
            optimiser.meanSquare, reference.meanSquare, absolute: 1e-9, relative: 1e-4, "square, " + name)
        #expect(compact.values == optimiser.parameters.values.map { BrainFloat16($0).float })
    }

    @Test func threadsDoNotChangeABit() throws {
        func parameters(threads: Int) throws -> [Float] {
            var generator = SeededGenerator(seed: 101)
            let (parameters, _) = randomBuffer(.f32, count: 100_000, using: &generator)
            let optimiser = AdamW(parameters: parameters, compact: nil, decayed: [0..<50_000])
            for number in 1...3 {
                let (gradient, _) = randomBuffer(.f32, count: 100_000, using: &generator)
                _ = try optimiser.step(
                    number, rate: 0.1, gradients: [gradient], settings: .init(), threads: threads)
            }
            return parameters.values
        }
        let one = try parameters(threads: 1)
        #expect(try parameters(threads: 2) == one)
        #expect(try parameters(threads: 5) == one)
    }

    @Test func findsTheMinimum() throws {
        let parameters = buffer([Float](repeating: 3, count: 16))
        let optimiser = AdamW(parameters: parameters, compact: nil, decayed: [])
        let gradient = Buffer(.f32, count: 16)
        for number in 1...400 {
            for i in 0..<16 { gradient.floats[i] = parameters.floats[i] - Float(i) }
            _ = try optimiser.step(
                number, rate: 0.1 * (1 - Float(number) / 401), gradients: [gradient], settings: .init(),
                threads: 1)
        }
        expectClose(parameters, (0..<16).map(Double.init), absolute: 0.05, relative: 0, "minimum")
    }
}

@Suite struct WorkersTests {
    private struct Failure: Error, Equatable { let part: Int }

    @Test(arguments: [0, 1, 2, 7]) func everyPartRunsOnce(_ count: Int) throws {
        let calls = Buffer(.f32, count: 16)
        try Workers.perform(count) { calls.floats[$0] += 1 }
        #expect(calls.values == (0..<16).map { $0 < count ? 1 : 0 })
    }

    @Test func theLowestFailureIsThrownAfterAllHaveEnded() {
        let calls = Buffer(.f32, count: 16)
        #expect(throws: Failure(part: 2)) {
            try Workers.perform(6) { part in
                calls.floats[part] += 1
                if part == 2 || part == 4 { throw Failure(part: part) }
            }
        }
        #expect(calls.values.reduce(0, +) == 6)
    }
}
