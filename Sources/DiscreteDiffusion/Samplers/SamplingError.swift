/// Why samples cannot be drawn.
public enum SamplingError: Error, Equatable, Sendable, CustomStringConvertible {
    /// A number of samples below 0, or so large that their cells cannot be counted.
    case sampleCount(Int)
    /// A batch size below 1.
    case batchSize(Int)
    /// A temperature that is negative or not finite.
    case temperature(Double)
    /// A nucleus that is not in (0, 1].
    case topP(Double)
    /// The denoiser and the process are made for different numbers of states.
    case stateCount(denoiser: Int, process: Int)
    /// Neither one pattern of known cells nor one a sample.
    case patternCount(Int, samples: Int)
    /// A pattern of known cells whose length is not the number of cells.
    case patternLength(Int, cells: Int)
    /// A known cell holds a number that is no state.
    case knownToken(Token, cell: Int, states: Int)
    /// A sampler that only undoes noise with a mask.
    case needsMask(sampler: String, process: String)
    /// A guide, of noise without a mask.
    case guide(process: String)
    /// A sampler's parameter out of its range.
    case parameter(sampler: String, name: String, value: Double, range: String)
    /// The denoiser's posterior of a cell is not a law: a NaN, or no state has any probability.
    case posterior(sample: Int, cell: Int, time: Double)

    /// One line for the user.
    public var description: String {
        switch self {
        case .sampleCount(let count): "\(count) samples cannot be drawn"
        case .batchSize(let size): "a batch of \(size) samples: give at least 1"
        case .temperature(let value): "temperature \(value): give a number from 0 (the likeliest state) up"
        case .topP(let value): "top-p \(value): give a number above 0, at most 1"
        case .stateCount(let denoiser, let process):
            "the denoiser has \(denoiser) states and the noise process \(process)"
        case .patternCount(let count, let samples):
            "\(count) patterns of known cells for \(samples) samples: give one for all, or one each"
        case .patternLength(let count, let cells): "known cells for \(count) cells; the samples have \(cells)"
        case .knownToken(let token, let cell, let states):
            "known cell \(cell) holds \(token), which is not one of the \(states) states"
        case .needsMask(let sampler, let process):
            "the sampler \(sampler) reveals masked cells; \(process) noise has no mask"
        case .guide(let process): "a guide sees masked cells; \(process) noise has no mask"
        case .parameter(let sampler, let name, let value, let range):
            "\(sampler): \(name) \(value) is not in \(range)"
        case .posterior(let sample, let cell, let time):
            "the denoiser gives no usable probabilities for cell \(cell) of sample \(sample) at t = \(time)"
        }
    }
}
