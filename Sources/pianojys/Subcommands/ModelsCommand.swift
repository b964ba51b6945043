import ArgumentParser
import Composition
import DenoisingTransformer
import PianoRoll
import Training

/// `pianojys models`: what there is to compose with.
struct ModelsCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "models",
        abstract: "List the models there are, or describe one.",
        discussion: """
            EXAMPLES
              pianojys models
              pianojys models my-model/model.safetensors
            """)

    @Argument(help: "A model: a name, a file or a folder. (default: all in the data folder)")
    var model: String?

    @Option(
        help: "The folder with Data/models and Schedules. (default: PIANOJYS_DATA, or found from the program)"
    )
    var data: String?

    @Flag(help: "Answer as JSON.")
    var json = false

    private struct Entry: Encodable {
        let name, file, encoding, lowestPitch, highestPitch: String
        let noise: String
        let lanes, windowSteps, parameters, width, layers, heads: Int
        /// Faults of voice leading that it is kept from, as `--avoid` names them.
        let rareFaults: String
        let schedules: [String]
        /// The model whose weights it began with, and whose schedules serve it where it has none.
        let initialModel: String?
    }

    func run() throws {
        let folder = try DataFolder(explicit: data)
        let names = model.map { [$0] } ?? folder.modelNames
        guard !names.isEmpty else {
            throw Failure.noInput(
                "there are no models in \(folder.path)/Data/models; name the data folder with --data")
        }
        let entries = try names.map { try entry($0, folder: folder) }
        if json {
            try Console.result(JSONText.encode(entries))
        } else {
            for entry in entries { try Console.result(Self.text(entry)) }
        }
    }

    private func entry(_ name: String, folder: DataFolder) throws -> Entry {
        let file = try folder.modelFile(name)
        let model = try Failure.naming(file) { try GridModel(path: file) }
        let shape = model.transformer.configuration
        return Entry(
            name: model.name, file: file, encoding: model.vocabulary.encoding.rawValue,
            lowestPitch: TokenGrid.name(ofPitch: model.vocabulary.lowestPitch),
            highestPitch: TokenGrid.name(ofPitch: model.vocabulary.highestPitch), noise: model.process.name,
            lanes: model.lanes,
            windowSteps: model.steps, parameters: ParameterLayout(shape).parameterCount, width: shape.width,
            layers: shape.layers, heads: shape.heads,
            rareFaults: "\(AvoidedFaults(Set(model.description.rareFaults)))",
            schedules: try folder.schedules(ofModel: name).names,
            initialModel: model.transformer.initialModel)
    }

    private static func schedules(_ entry: Entry) -> String {
        if !entry.schedules.isEmpty { return entry.schedules.joined(separator: ", ") }
        let parent = entry.initialModel.map { "those of \($0), with which it began" } ?? "none"
        return parent + "; 'pianojys optimize' makes \(entry.initialModel == nil ? "them" : "its own")"
    }

    private static func text(_ entry: Entry) -> String {
        """
        \(entry.name): \(entry.lanes) \(entry.lanes == 1 ? "voice" : "voices"), \(entry.lowestPitch) to \
        \(entry.highestPitch), \(entry.encoding) encoding, \(entry.noise) noise, windows of \(entry.windowSteps) \
        steps
          \(entry.parameters) parameters: width \(entry.width), \(entry.layers) layers, \(entry.heads) heads
          rare faults: \(entry.rareFaults)\(entry.rareFaults == "none" ? "" : " (what it composes is kept from them: --avoid)")
          schedules: \(schedules(entry))
          \(entry.file)
        """
    }
}
