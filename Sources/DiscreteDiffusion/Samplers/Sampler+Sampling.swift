/// Samples that a sampler has drawn.
public struct Samples: Hashable, Sendable {
    /// The number of cells of a sample, `D`.
    public let cellCount: Int
    /// The clean tokens, `[count, D]`, row-major; none is MASK.
    public let tokens: [Token]
    /// How many times the denoiser was called for each sample: its NFE.
    public let denoiserCalls: Int

    /// The number of samples.
    public var count: Int { cellCount == 0 ? 0 : tokens.count / cellCount }

    /// The cells of one sample, `[D]`.
    public subscript(sample: Int) -> ArraySlice<Token> {
        tokens[sample * cellCount..<(sample + 1) * cellCount]
    }
}

/// How far a run of a sampler has come.
public struct SamplingProgress: Hashable, Sendable {
    /// Steps done, over all samples: a batch of b samples that makes one step counts b.
    public let completedSteps: Int
    /// Steps there are to do.
    public let totalSteps: Int
}

extension Sampler {
    /// Draws samples.
    ///
    /// Sample i of the call is drawn from the stream `firstIndex + i` of the seed alone: it is the same whatever the
    /// count, the batch size and the samples beside it, as far as the denoiser's answer is.
    ///
    /// - Parameters:
    ///   - count: How many samples.
    ///   - seed: The seed.
    ///   - firstIndex: The index of the first sample under the seed.
    ///   - process: The noise to undo.
    ///   - denoiser: The model.
    ///   - schedule: The times. The start is the prior, also where it lies below 1.
    ///   - clamp: The cells that are given.
    ///   - shaping: Temperature and nucleus of the posterior.
    ///   - guide: A second opinion, which `shaping` acts on too; nil for none.
    ///   - batchSize: How many samples the denoiser sees together.
    ///   - progress: Called after every step of a batch; what it throws ends the run.
    /// - Returns: The samples. Where all cells are given the denoiser is not called.
    /// - Throws: `SamplingError`, and what the denoiser or `progress` throws.
    public func sample(
        count: Int, seed: UInt64, firstIndex: Int = 0, process: some ForwardProcess, denoiser: any Denoiser,
        schedule: Schedule, clamp: Clamp = .none, shaping: PosteriorShaping = .none,
        guide: (any Guide)? = nil, batchSize: Int = 64,
        progress: (SamplingProgress) throws -> Void = { _ in }
    ) throws -> Samples {
        let cellCount = denoiser.cellCount
        guard count >= 0, !count.multipliedReportingOverflow(by: cellCount).overflow else {
            throw SamplingError.sampleCount(count)
        }
        guard batchSize >= 1 else { throw SamplingError.batchSize(batchSize) }
        guard denoiser.stateCount == process.stateCount else {
            throw SamplingError.stateCount(denoiser: denoiser.stateCount, process: process.stateCount)
        }
        try validate(for: process)
        guard guide == nil || process.hasMask else { throw SamplingError.guide(process: process.name) }
        try clamp.validate(sampleCount: count, cellCount: cellCount, stateCount: process.stateCount)

        var batch = SamplingBatch(denoiser: denoiser, shaping: shaping, guide: guide)
        var tokens: [Token] = []
        tokens.reserveCapacity(count * cellCount)
        var calls = 0
        for first in stride(from: 0, to: count, by: batchSize) {
            let samples = first..<first + min(batchSize, count - first)
            batch.start(samples: samples, seed: seed, firstIndex: firstIndex, clamp: clamp, process: process)
            if batch.hasFreeCells {
                for (index, time) in schedule.times.dropLast().enumerated() {
                    try step(&batch, process: process, from: time, to: schedule.times[index + 1])
                    try progress(
                        SamplingProgress(
                            completedSteps: first * schedule.stepCount + samples.count * (index + 1),
                            totalSteps: count * schedule.stepCount))
                }
            }
            calls = max(calls, batch.denoiserCalls)
            batch.appendTokens(to: &tokens)
        }
        return Samples(cellCount: cellCount, tokens: tokens, denoiserCalls: calls)
    }
}
