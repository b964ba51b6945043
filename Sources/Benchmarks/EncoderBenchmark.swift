import DenoisingTransformer
import NeuralEngine

/// The time of the encoder alone: pre-norm blocks of attention and feed-forward layers on random numbers, forward, or forward
/// and backward with the gradients of all its parameters.
///
/// Rotary positions are turned too, which a plain encoder does not do.
public struct EncoderBenchmark: Sendable {
    /// The shape: samples, positions, components, blocks, attention heads, components of the feed-forward layer.
    public var batch, positions, width, layers, heads, feedforward: Int
    /// The precision of the matrix products.
    public var precision: Precision
    /// Whether the backward pass is run too, from the mean square of the output.
    public var trains: Bool
    /// Threads; a batch is shared out between them, a single sample is computed by all.
    public var threads: Int
    /// Runs that the median is taken of.
    public var runs: Int

    /// Creates a benchmark.
    public init(
        batch: Int, positions: Int, width: Int, layers: Int, heads: Int, feedforward: Int,
        precision: Precision, trains: Bool, threads: Int, runs: Int
    ) {
        (self.batch, self.positions, self.width, self.layers) = (batch, positions, width, layers)
        (self.heads, self.feedforward, self.precision) = (heads, feedforward, precision)
        (self.trains, self.threads, self.runs) = (trains, threads, runs)
    }

    /// The shape as a transformer's.
    public var configuration: TransformerConfiguration {
        TransformerConfiguration(
            stateCount: 16, lanes: 1, steps: positions, width: width, layers: layers, heads: heads,
            feedforward: feedforward, convolutionTaps: 0)
    }

    /// Floating-point operations of the matrix products of one run.
    public var operations: Double {
        let perPosition = 8 * width * width + 4 * width * feedforward + 4 * positions * width
        return Double(batch * positions * layers * perPosition) * (trains ? 3 : 1)
    }

    /// The median time of one run, seconds.
    public func measure() throws -> Double {
        let layout = ParameterLayout(configuration)
        var generator = SystemRandomNumberGenerator()
        let parameters = layout.initialParameters(using: &generator)
        var operands: Buffer?
        if precision == .bf16 {
            let rounded = Buffer(.bf16, count: parameters.count)
            rounded.round(parameters)
            operands = rounded
        }
        let parts = min(batch, threads)
        let encoders = try (0..<parts).map { part in
            try TransformerEncoder(
                configuration, parameters: parameters, operands: operands,
                batch: batch * (part + 1) / parts - batch * part / parts, steps: positions,
                threads: parts == 1 ? threads : 1, dropout: trains ? 0 : nil)
        }
        let inputs = encoders.map { encoder in
            (0..<encoder.input.count).map { _ in Float.random(in: -1...1, using: &generator) }
        }
        nonisolated(unsafe) let shared = encoders  // a part each
        return try Stopwatch.median(runs: runs) {
            try Workers.perform(parts) { part in
                let encoder = shared[part]
                _ = encoder.input.floats.update(fromContentsOf: inputs[part])
                try encoder.forward()
                guard let gradient = encoder.streamGradient else { return }
                let scale = 2 / Float(batch * positions * width)
                let output = encoder.output.floats
                for i in output.indices { gradient.floats[i] = scale * output[i] }
                try encoder.backward()
            }
            let gradients = encoders.compactMap(\.gradients)
            if let sum = gradients.first {
                for other in gradients.dropFirst() { sum.add(other) }
            }
        }
    }
}
