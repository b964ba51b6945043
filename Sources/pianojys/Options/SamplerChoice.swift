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
