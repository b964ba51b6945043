import Composition
import DenoisingTransformer
import DiscreteDiffusion
import Experiments
import NeuralEngine
import PianoRoll
import Testing

struct ChoraleExperimentTests {
    /// A model that knows nothing, whose posterior is even.
    @Test func `The tables of every task are whole, and what is given stays`() throws {
        let vocabulary = Vocabulary(encoding: .onset, lowestPitch: 48, highestPitch: 72)
        let configuration = TransformerConfiguration(
            stateCount: vocabulary.count, lanes: 2, steps: 16,
            contextSizes: GridFeatures.sizes(tellingTime: false),
            width: 32, layers: 1, heads: 1)
        let model = GridModel(
            transformer: Model(
                configuration: configuration,
                parameters: Buffer(.f32, count: ParameterLayout(configuration).count), metadata: [:]),
            description: .init(name: "m", vocabulary: vocabulary))
        func piece(_ shift: Int) -> TokenGrid {
            TokenGrid(
                vocabulary: vocabulary, lanes: 2, tokens: (0..<96).map { UInt16(2 + ($0 + shift) % 20) })
        }
        let schedules = try (1...4).map { try Schedule.uniform($0) }
        var experiment = ChoraleExperiment(
            model: model, training: (0..<3).map(piece), heldOut: (5..<7).map(piece),
            tasks: [
                .init(name: "generate", known: nil, schedules: schedules, dispersed: schedules),
                .init(
                    name: "harmonise", known: (0..<32).map { $0 % 2 == 0 }, schedules: schedules,
                    dispersed: schedules),
                // Nothing is left to compose: what comes out is what was given.
                .init(
                    name: "nothing", known: Array(repeating: true, count: 32), schedules: schedules,
                    dispersed: schedules),
            ])
        experiment.count = 6
        experiment.seeds = 2
        experiment.dataCount = 2
        experiment.steps = [2, 4]
        experiment.levels = 2
        let result = try experiment.run()
        #expect(result.tables.count == 9)
        #expect(
            result.tables[0].metrics == [
                "uniform", "uniform, 2 x NFE", "golden", "dp", "dispersed, uniform", "dispersed, dp",
            ])
        #expect(
            result.tables[3].metrics == [
                "uniform", "uniform, 2 x NFE", "dp", "dispersed, uniform", "dispersed, dp",
            ])
        let distances = result.tables[6]
        #expect(distances.title == "nothing: Mean distance")
        #expect(distances.rows.allSatisfy { $0.values["dp"]?.mean == 0 })
        // An even posterior costs log 27 a cell, and there are two in a frame.
        let bounds = result.tables[2].rows.compactMap { $0.values["dp"]?.mean }
        #expect(bounds.count == 2 && bounds.allSatisfy { abs($0 - 6.5917) < 0.01 })
    }
}
