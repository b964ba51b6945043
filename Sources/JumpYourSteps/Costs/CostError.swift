import DiscreteDiffusion

/// Why a cost cannot be computed.
public enum CostError: Error, Equatable, Sendable, CustomStringConvertible {
    /// Fewer than two points, or not as many values as times.
    case pointCount(times: Int, values: Int)
    /// Times that do not ascend from 0 to 1.
    case times
    /// A number of cells that is negative or not finite.
    case cellCount(Double)
    /// A value that is not finite.
    case value(Double, time: Double)
    /// Fewer than two samples, or data that is no whole number of samples.
    case data(tokens: Int, cells: Int)
    /// Not a known-flag for every cell of every sample.
    case knownCount(Int, tokens: Int)
    /// Not a source for every sample.
    case sourceCount(Int, samples: Int)
    /// A token of the data that is no state of the denoiser.
    case token(Token, sample: Int, cell: Int, states: Int)
    /// Fewer than two samples have a free cell.
    case nothingFree
    /// Fewer than two times to measure at.
    case gridSize(Int)
    /// A batch size below 1.
    case batchSize(Int)
    /// A largest number of steps that is not in 1...512.
    case stepLimit(Int)
    /// The denoiser gives the data probability 0, or no probability.
    case impossible(sample: Int, cell: Int, time: Double)

    /// One line for the user.
    public var description: String {
        switch self {
        case .pointCount(let times, let values):
            "a curve needs two points or more: \(times) times, \(values) values"
        case .times: "the times of a curve ascend from 0 to 1; these do not"
        case .cellCount(let count): "\(count) free cells"
        case .value(let value, let time): "the curve's value at t = \(time) is \(value)"
        case .data(let tokens, let cells):
            "\(tokens) tokens are not a whole number of samples of \(cells) cells, two samples or more"
        case .knownCount(let flags, let tokens): "\(flags) known-flags for \(tokens) tokens"
        case .sourceCount(let sources, let samples): "\(sources) sources for \(samples) samples"
        case .token(let token, let sample, let cell, let states):
            "cell \(cell) of sample \(sample) holds \(token), which is not one of the \(states) states"
        case .nothingFree: "fewer than two samples have a free cell: there is nothing to measure"
        case .gridSize(let size): "a curve measured at \(size) times: give at least 2"
        case .batchSize(let size): "a batch of \(size) samples: give at least 1"
        case .stepLimit(let limit): "schedules of up to \(limit) steps: give a number from 1 to 512"
        case .impossible(let sample, let cell, let time):
            "the denoiser gives cell \(cell) of sample \(sample) no probability at t = \(time)"
        }
    }
}
