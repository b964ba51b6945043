/// A rule that takes noised samples from one time of a schedule to the next.
///
/// A new sampler is one new file that conforms to this. It moves the free cells of a `SamplingBatch`, which holds the
/// tokens, calls the denoiser and counts the calls.
public protocol Sampler: Sendable {
    /// The name in files and on the command line, such as `tweedie`.
    var name: String { get }

    /// How many times a run of so many steps, the last of which ends at 0, calls the denoiser.
    func calls(steps: Int) -> Int

    /// Whether it can undo no noise but such as has a mask.
    var needsMask: Bool { get }

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
    /// One a step.
    public func calls(steps: Int) -> Int { steps }

    /// False: any noise will do.
    public var needsMask: Bool { false }

    /// Checks that the sampler can undo a noise.
    ///
    /// - Throws: `SamplingError.needsMask`.
    public func validate(for process: some ForwardProcess) throws(SamplingError) {
        guard !needsMask || process.hasMask else {
            throw .needsMask(sampler: name, process: process.name)
        }
    }

    /// The most steps that need no more than `budget` calls of the denoiser; 0 if there are none.
    public func steps(withinCalls budget: Int) -> Int {
        // `calls` grows by at least one a step.
        var (low, high) = (0, max(0, budget))
        while low < high {
            let middle = (low + high + 1) / 2
            if calls(steps: middle) <= budget { low = middle } else { high = middle - 1 }
        }
        return low
    }
}
