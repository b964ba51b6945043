import ArgumentParser
import Composition
import PianoRoll

/// Faults of voice leading to keep away from, as `--avoid` takes them: names joined by commas, all, none, or rare.
struct AvoidedFaults: ExpressibleByArgument, Hashable, CustomStringConvertible {
    /// The faults; nil for those that are rare in what a model learnt from.
    private let named: Set<VoiceLeadingFault>?

    static let none = AvoidedFaults([])
    static let rare = AvoidedFaults(nil)

    init(_ named: Set<VoiceLeadingFault>?) { self.named = named }

    init?(argument: String) {
        switch argument {
        case "none": self = .none
        case "rare": self = .rare
        case "all": self.init(Set(VoiceLeadingFault.allCases))
        default:
            var faults: Set<VoiceLeadingFault> = []
            for name in argument.split(separator: ",", omittingEmptySubsequences: false) {
                guard let fault = VoiceLeadingFault.allCases.first(where: { $0.optionName == name }) else {
                    return nil
                }
                faults.insert(fault)
            }
            self.init(faults)
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

    var defaultValueDescription: String { description }
}

extension VoiceLeadingFault {
    /// The fault's name on the command line.
    fileprivate var optionName: String {
        switch self {
        case .parallelFifths: "fifths"
        case .parallelOctaves: "octaves"
        case .crossing: "crossings"
        case .outOfRange: "range"
        }
    }
}
