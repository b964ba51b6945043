import DiscreteDiffusion

/// The samplers by name, as `--sampler` takes them.
enum SamplerChoice: String, CaseIterable {
    case tweedie, euler, gillespie, dispersed, confidence, corrector, trapezoidal

    /// What `--sampler` is told in help and errors.
    static var names: String {
        let names = allCases.map(\.rawValue)
        return names.dropLast().joined(separator: ", ") + " or " + (names.last ?? "")
    }

    /// Reads a name.
    ///
    /// - Throws: `Failure.usage`.
    init(name: String) throws {
        guard let choice = SamplerChoice(rawValue: name) else {
            throw Failure.usage("--sampler is \(Self.names), not '\(name)'")
        }
        self = choice
    }

    /// The name that was chosen, or else the best for the noise: `dispersed` where there is a mask.
    static func name(_ chosen: String?, for process: any ForwardProcess) -> String {
        chosen ?? (process.hasMask ? SamplerChoice.dispersed : .tweedie).rawValue
    }

    /// What help tells of the choice that `name` makes.
    static let standard = "(default: dispersed; of noise without a mask tweedie)"

    /// The sampler, with its usual parameters.
    func sampler() throws -> any Sampler {
        switch self {
        case .tweedie: TweedieSampler()
        case .euler: EulerSampler()
        case .gillespie: GillespieSampler()
        case .dispersed: DispersedSampler()
        case .confidence: try ConfidenceSampler()
        case .corrector: try CorrectorSampler(TweedieSampler())
        case .trapezoidal: try TrapezoidalSampler()
        }
    }
}
