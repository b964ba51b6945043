import ArgumentParser
import Composition
import DenoisingTransformer
import DiscreteDiffusion
import PianoRoll

/// The shape of a model that is to be trained.
struct ModelShapeOptions: ParsableArguments {
    @Option(help: "What a cell holds. (default: \(Self.usual.description.vocabulary.encoding.rawValue))")
    var encoding: Vocabulary.Encoding?

    @Option(
        help: "The lowest pitch the model knows. (default: \(Self.usual.description.vocabulary.lowestPitch))")
    var lowestPitch: UInt8?

    @Option(
        help:
            "The highest pitch the model knows. (default: \(Self.usual.description.vocabulary.highestPitch))")
    var highestPitch: UInt8?

    @Option(help: "Steps of the windows it is trained on. (default: \(Self.usual.configuration.steps))")
    var windowSteps: Int?

    @Option(
        help:
            "Components of a position's vector, a multiple of 32. (default: \(Self.usual.configuration.width))"
    )
    var width: Int?

    @Option(help: "Encoder blocks. (default: \(Self.usual.configuration.layers))")
    var layers: Int?

    @Option(help: "Attention heads. (default: \(Self.usual.configuration.heads))")
    var heads: Int?

    @Option(help: "Width of the feed-forward layers. (default: four times the width)")
    var feedforward: Int?

    @Option(
        help:
            "Taps of the convolution before attention; 0 for none. (default: \(Self.usual.configuration.convolutionTaps))"
    )
    var taps: Int?

    @Option(help: "The noise it is to undo: absorbing or uniform. (default: absorbing)")
    var noise: String?

    @Flag(help: "Give each cell its own position, instead of one to all lanes of a step.")
    var cellPositions = false

    @Flag(help: "Let pitches be known by their distances from the others' too.")
    var intervals = false

    @Flag(help: "Do not tell the model how far off the piece's beginning and end are.")
    var noEdges = false

    /// A model's shape, and what its file says of it.
    struct Shape: Equatable {
        var configuration: TransformerConfiguration
        var description: GridModel.Description
    }

    /// The shape of a model of which nothing is asked for; of four voices, where that matters.
    private static let usual = Shape(
        configuration: TransformerConfiguration(stateCount: 54, lanes: 4, steps: 128),
        description: GridModel.Description(
            name: "", vocabulary: Vocabulary(encoding: .onset, lowestPitch: 33, highestPitch: 84)))

    /// What the options ask for: what they leave out is as usual.
    func shape(lanes: Int) throws -> Shape {
        var usual = Self.usual
        usual.configuration.lanes = lanes
        usual.configuration.cellsPerPosition = lanes
        return try shape(over: usual)
    }

    /// What the options ask for: what they leave out is as it was.
    func shape(over before: Shape) throws -> Shape {
        var (c, description) = (before.configuration, before.description)
        description.vocabulary = try vocabulary(over: description.vocabulary)
        if noEdges { description.edges = false }
        if let noise {
            description.noise = noise == "absorbing" ? .absorbing : .uniform(rate: UniformProcess.pianoRate)
        }
        let vocabulary = description.vocabulary
        c.stateCount = vocabulary.count
        c.tellsTime = description.noise != .absorbing
        c.contextSizes = GridFeatures.sizes(tellingTime: c.tellsTime)
        if cellPositions { c.cellsPerPosition = 1 }
        c.steps = windowSteps ?? c.steps
        if let width, width != c.width { (c.width, c.feedforward) = (width, 4 * width) }
        c.layers = layers ?? c.layers
        c.heads = heads ?? c.heads
        c.feedforward = feedforward ?? c.feedforward
        c.convolutionTaps = taps ?? c.convolutionTaps
        if intervals || c.relations != nil {
            c.relations = Relations(of: vocabulary, like: c.relations)
        }
        return Shape(configuration: c, description: description)
    }

    private func vocabulary(over before: Vocabulary) throws -> Vocabulary {
        let lowest = lowestPitch ?? before.lowestPitch
        let highest = highestPitch ?? before.highestPitch
        guard lowest <= highest, highest < 128 else {
            throw Failure.usage("pitches \(lowest) to \(highest) are not a range within 0...127")
        }
        return Vocabulary(encoding: encoding ?? before.encoding, lowestPitch: lowest, highestPitch: highest)
    }

    func validate() throws {
        if let noise, !["absorbing", "uniform"].contains(noise) {
            throw ValidationError("--noise is absorbing or uniform, not '\(noise)'")
        }
        for (name, value) in [("width", width), ("window-steps", windowSteps), ("layers", layers)] {
            if let value, !(1...65_536).contains(value) {
                throw ValidationError("--\(name) \(value) is not in 1...65536")
            }
        }
    }
}

extension ModelShapeOptions.Shape {
    /// The shape of a model.
    init(_ model: GridModel) {
        self.init(configuration: model.transformer.configuration, description: model.description)
    }
}
