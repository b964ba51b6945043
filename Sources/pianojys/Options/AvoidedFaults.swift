import ArgumentParser
import Composition
import PianoRoll

/// Faults of voice leading to keep away from, as `--avoid` takes them: names joined by commas, all, none, or rare.
struct AvoidedFaults: Hashable, CustomStringConvertible {
    /// The faults; nil for those that are rare in what a model learnt from.
    private let named: Set<VoiceLeadingFault>?

    static let none = AvoidedFaults([])
    static let rare = AvoidedFaults(nil)

    init(_ named: Set<VoiceLeadingFault>?) { self.named = named }

    /// Reads what was given.
    ///
    /// - Throws: `ValidationError` that names the word that is none.
    init(parsing argument: String) throws {
        switch argument {
        case "none": self = .none
        case "rare": self = .rare
        case "all": self.init(Set(VoiceLeadingFault.allCases))
        default:
            self.init(
                Set(
                    try argument.split(separator: ",", omittingEmptySubsequences: false).map { name in
                        guard let fault = VoiceLeadingFault.allCases.first(where: { $0.optionName == name })
                        else {
                            throw ValidationError(
                                "'\(name)' is not one of fifths, octaves, crossings, leaps and range, joined by commas, nor the whole all, none or rare"
                            )
                        }
                        return fault
                    }))
        }
    }

    /// The faults to keep away from with a model; unless asked for, none where the noise has no mask to see what is known by.
    func faults(for model: GridModel) -> Set<VoiceLeadingFault> {
        named ?? (model.process.hasMask ? Set(model.description.rareFaults) : [])
    }

    /// The names in one order, whatever the order they were given in.
    var description: String {
        guard let named else { return "rare" }
        let names = VoiceLeadingFault.allCases.filter(named.contains).map(\.optionName)
        return names.isEmpty ? "none" : names.joined(separator: ",")
    }
}

extension VoiceLeadingFault {
    /// The fault's name on the command line.
    fileprivate var optionName: String {
        switch self {
        case .parallelFifths: "fifths"
        case .parallelOctaves: "octaves"
        case .crossing: "crossings"
        case .leap: "leaps"
        case .outOfRange: "range"
        }
    }
}
