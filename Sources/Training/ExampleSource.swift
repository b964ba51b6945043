import DiscreteDiffusion

/// What a model learns from: an endless supply of noised samples.
public protocol ExampleSource: Sendable {
    /// Draws a sample.
    ///
    /// - Parameters:
    ///   - level: Where the noise level lies in 0..<1; batches stratify it.
    ///   - generator: What the sample and its noise are drawn from.
    func draw(level: Double, using generator: inout CounterGenerator) -> Example
}
