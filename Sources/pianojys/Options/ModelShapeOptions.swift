import ArgumentParser
import Composition
import DenoisingTransformer
import DiscreteDiffusion
import PianoRoll

/// The shape of a model that is to be trained.
struct ModelShapeOptions: ParsableArguments {
    @Option(help: "sustain or onset.")
    var encoding: Vocabulary.Encoding = .onset

    @Option(help: "The lowest pitch the model knows.")
    var lowestPitch: UInt8 = 33

    @Option(help: "The highest pitch the model knows.")
    var highestPitch: UInt8 = 84

    @Option(help: "Steps of the windows it is trained on.")
    var windowSteps = 128

    @Option(help: "Components of a position's vector, a multiple of 32.")
    var width = 256

    @Option(help: "Encoder blocks.")
    var layers = 6

    @Option(help: "Attention heads.")
    var heads = 8

    @Option(help: "Width of the feed-forward layers; four times the width unless given.")
    var feedforward: Int?

    @Option(help: "Taps of the convolution before attention; 0 for none.")
    var taps = 5

    @Option(help: "The noise it is to undo: absorbing or uniform.")
    var noise = "absorbing"

    @Flag(help: "Give each cell its own position, instead of one to all lanes of a step.")
    var cellPositions = false

    @Flag(help: "Let pitches be known by their distances from the others' too.")
    var intervals = false

    @Flag(help: "Do not tell the model how far off the piece's beginning and end are.")
    var noEdges = false

    var vocabulary: Vocabulary {
        Vocabulary(encoding: encoding, lowestPitch: lowestPitch, highestPitch: highestPitch)
    }

    func configuration(lanes: Int) -> TransformerConfiguration {
        var configuration = TransformerConfiguration(
            stateCount: vocabulary.count, lanes: lanes, cellsPerPosition: cellPositions ? 1 : lanes,
            steps: windowSteps, contextSizes: GridFeatures.sizes(tellingTime: noise != "absorbing"),
            width: width,
            layers: layers, heads: heads, feedforward: feedforward, convolutionTaps: taps)
        configuration.tellsTime = noise != "absorbing"
        if intervals {
            configuration.relations = Relations(
                first: Int(vocabulary.firstPitchToken), carried: vocabulary.hold.map(Int.init))
        }
        return configuration
    }

    /// What the model's file says of it.
    func description(name: String) -> GridModel.Description {
        GridModel.Description(
            name: name, vocabulary: vocabulary, edges: !noEdges,
            noise: noise == "absorbing" ? .absorbing : .uniform(rate: UniformProcess.pianoRate))
    }

    func validate() throws {
        guard ["absorbing", "uniform"].contains(noise) else {
            throw ValidationError("--noise is absorbing or uniform, not '\(noise)'")
        }
        for (name, value) in [("width", width), ("window-steps", windowSteps), ("layers", layers)]
        where !(1...65_536).contains(value) {
            throw ValidationError("--\(name) \(value) is not in 1...65536")
        }
        guard lowestPitch <= highestPitch, highestPitch < 128 else {
            throw ValidationError("pitches \(lowestPitch) to \(highestPitch) are not a range within 0...127")
        }
    }
}
