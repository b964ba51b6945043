import DenoisingTransformer
import NeuralEngine
import TestSupport

/// A small model with parameters that leave no term of the formulas small, and a batch for it.
struct ModelCase: CustomStringConvertible, Sendable {
    let name: String
    let configuration: TransformerConfiguration
    let batch: Int
    let steps: Int

    var description: String { name }

    /// Both ways of laying cells on positions, with and without convolution, odd sizes everywhere.
    static let all = [
        ModelCase(
            name: "a position per step, 3 taps, 2 heads",
            configuration: TransformerConfiguration(
                stateCount: 7, lanes: 3, steps: 9, contextSizes: [4, 3], width: 64, layers: 2, heads: 2,
                feedforward: 80, convolutionTaps: 3), batch: 3, steps: 7),
        ModelCase(
            name: "a position per cell, no convolution, 1 head",
            configuration: TransformerConfiguration(
                stateCount: 5, lanes: 4, cellsPerPosition: 1, steps: 8, contextSizes: [3], width: 32,
                layers: 2,
                heads: 1, feedforward: 48, convolutionTaps: 0), batch: 2, steps: 5),
        ModelCase(
            name: "a position per cell, 5 taps, 3 heads, longer than a vector",
            configuration: TransformerConfiguration(
                stateCount: 18, lanes: 3, cellsPerPosition: 1, steps: 7, contextSizes: [], width: 96,
                layers: 1,
                heads: 3, feedforward: 64, convolutionTaps: 5), batch: 1, steps: 7),
        ModelCase(
            name: "one lane, one step beyond a vector, 15 taps",
            configuration: TransformerConfiguration(
                stateCount: 33, lanes: 1, steps: 17, contextSizes: [16], width: 32, layers: 3, heads: 1,
                feedforward: 16, convolutionTaps: 15), batch: 2, steps: 17),
        ModelCase(
            name: "values compared, one of them carried on",
            configuration: related(lanes: 3, Relations(first: 2, carried: 1, limit: 9)), batch: 2, steps: 9),
        ModelCase(
            name: "values of one lane compared, beyond a vector",
            configuration: related(lanes: 1, Relations(first: 1, limit: 30)), batch: 2, steps: 9),
    ]

    private static func related(lanes: Int, _ relations: Relations) -> TransformerConfiguration {
        var configuration = TransformerConfiguration(
            stateCount: 21, lanes: lanes, steps: 9, contextSizes: [4], width: 64, layers: 1, heads: 2,
            feedforward: 48, convolutionTaps: 3)
        configuration.relations = relations
        return configuration
    }

    /// Random parameters: matrices that keep the variance, gains around 1, everything else around 0.
    func parameters(using generator: inout SeededGenerator) -> Buffer {
        let layout = ParameterLayout(configuration)
        let buffer = Buffer(.f32, count: layout.count)
        for entry in layout.entries {
            let (mean, deviation): (Double, Double) =
                if entry.name.hasSuffix("matrix") {
                    (0, 1 / Double(entry.shape[0]).squareRoot())
                } else if entry.name.hasSuffix("gain") {
                    (1, 0.3)
                } else if entry.name.hasSuffix("kernel") {
                    (0, 0.5)
                } else {
                    (0, 0.4)
                }
            for i in 0..<entry.count {
                buffer.floats[entry.offset + i] = Float(mean + deviation * generator.normal())
            }
        }
        return buffer
    }

    /// A plan for one thread, so that the sums are those of every machine.
    func plan(
        _ parameters: Buffer, operands: Buffer? = nil, dropout: Float? = nil, attentionDropout: Float = 0
    ) throws -> TransformerPlan {
        try TransformerPlan(
            configuration, parameters: parameters, operands: operands, batch: batch, steps: steps, threads: 1,
            dropout: dropout, attentionDropout: attentionDropout)
    }

    /// A random batch of the case's size.
    func randomBatch(using generator: inout SeededGenerator) -> Batch {
        Batch(configuration, count: batch, steps: steps, using: &generator)
    }

    /// The same numbers in bf16.
    static func compact(_ parameters: Buffer) -> Buffer {
        let compact = Buffer(.bf16, count: parameters.count)
        compact.round(parameters)
        return compact
    }
}
