import DenoisingTransformer
import DiscreteDiffusion

/// Samples of one length from anywhere, under any noise: what a model learns from where there are no pieces and no tasks.
public struct NoisedSource<Process: ForwardProcess>: ExampleSource {
    /// The noise.
    public let process: Process
    private let configuration: TransformerConfiguration
    private let sample: @Sendable (inout CounterGenerator) -> [Token]

    /// Prepares the source.
    ///
    /// - Parameters:
    ///   - process: The noise.
    ///   - configuration: The shape of the model that is to learn; its context is the time or nothing.
    ///   - sample: Draws a clean sample, `[steps * lanes]`.
    public init(
        process: Process, configuration: TransformerConfiguration,
        sample: @escaping @Sendable (inout CounterGenerator) -> [Token]
    ) {
        precondition(configuration.givenContexts == 0, "\(configuration.givenContexts) context features")
        self.process = process
        self.configuration = configuration
        self.sample = sample
    }

    /// Draws a sample and noises it: masks as many cells as the level says, or runs other noise up to `t = level`.
    public func draw(level: Double, using generator: inout CounterGenerator) -> Example {
        let clean = sample(&generator)
        var example = Example(clean: clean, contexts: [], at: level, for: configuration)
        let free = [Bool](repeating: true, count: clean.count)
        example.noise(free: free, process: process, level: level, using: &generator)
        return example
    }
}
