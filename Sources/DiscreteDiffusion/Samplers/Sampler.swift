/// A rule that takes noised samples from one time of a schedule to the next.
///
/// A new sampler is one new file that conforms to this. It moves the free cells of a `SamplingBatch`, which holds the
/// tokens, calls the denoiser and counts the calls.
public protocol Sampler: Sendable {
    /// The name in files and on the command line, such as `tweedie`.
    var name: String { get }

    /// How many times a step calls the denoiser.
    var callsPerStep: Int { get }

    /// Takes every sample of the batch from time t down to time u.
    ///
    /// At u = 0 no MASK may be left. All randomness of a sample must come from that sample's own generator.
    ///
    /// - Throws: What the denoiser throws, or `SamplingError.posterior`.
    func step(
        _ batch: inout SamplingBatch, process: some ForwardProcess, from time: Double, to target: Double
    ) throws
}

extension Sampler {
    /// One.
    public var callsPerStep: Int { 1 }
}
