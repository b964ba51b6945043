/// A second opinion on clean tokens, which sees the other cells as they stand: what is drawn comes from the product of the denoiser's
/// posterior and `exp` of the guide's scores, normalised (a product of experts, Hinton 2002).
///
/// The denoiser's answer is of the start of a step; the guide is asked whenever a cell is drawn, and sees what
/// was revealed in the same step before. (`confidence` draws all its cells before it reveals any, and `trapezoidal` and `corrector` weigh both their calls by the cells as they
/// stand at the draw.)
/// Absorbing noise only, where a token that is not MASK is clean.
public protocol Guide: Sendable {
    /// Adds to each state's log-probability in a cell what the guide has to say of it.
    ///
    /// - Parameters:
    ///   - logits: The denoiser's `log p(x_0^d = y | x_t)` up to a constant, `[S]`; may be lowered, but not to -infinity.
    ///   - cell: The cell, `d`, which shows MASK.
    ///   - tokens: The sample's cells, `[D]`; MASK is `S`.
    func adjust(_ logits: inout MutableSpan<Double>, cell: Int, tokens: Span<Token>)
}
