import DiscreteDiffusion

/// The noise that a model was trained on, as its file tells.
public enum Noise: Hashable, Sendable, Codable {
    /// Cells are hidden.
    case absorbing
    /// Cells are drawn anew; `rate` is `sigma(1)`.
    case uniform(rate: Double)

    /// What is wrong with it, or nil.
    public var fault: String? {
        if case .uniform(let rate) = self, !(rate > 0 && rate <= 100) { return "a noise rate of \(rate)" }
        return nil
    }

    /// The process over so many states.
    public func process(stateCount: Int) -> any ForwardProcess {
        switch self {
        case .absorbing: AbsorbingProcess(stateCount: stateCount)
        case .uniform(let rate): UniformProcess(stateCount: stateCount, rate: rate)
        }
    }
}
