/// The number that stands for a cell's state: `0 ..< S` for the states of the data, `S` for MASK where a process has one.
public typealias Token = UInt16

/// A model of clean data given noised data: the posterior `p(x_0^d = . | x_t)` of every cell `d`.
///
/// One call of `predict` is one function evaluation, whatever the batch: the unit in which NFE is counted.
public protocol Denoiser {
    /// The number of cells of a sample, `D`.
    var cellCount: Int { get }

    /// The number of states of the data, `S`, MASK not counted.
    var stateCount: Int { get }

    /// Computes the logarithm of the posterior of each cell of each sample, up to a constant a cell.
    ///
    /// - Parameters:
    ///   - tokens: The noised samples `x_t`, `[batch, D]`, row-major; MASK is `S`.
    ///   - times: The noise level of each sample, `[batch]`, in 0...1.
    ///   - logits: Receives `log p(x_0^d = y | x_t)` plus a constant that may differ from cell to cell,
    ///     `[batch, D, S]`, row-major. Where `x_t` shows a clean cell of an absorbing process the values are
    ///     of no account.
    /// - Throws: What keeps the model from computing, such as an error of its engine.
    func predict(tokens: Span<Token>, times: Span<Double>, logits: inout MutableSpan<Double>) throws
}
