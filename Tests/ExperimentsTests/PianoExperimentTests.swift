import Composition
import DenoisingTransformer
import Experiments
import NeuralEngine
import PianoRoll
import Testing

struct PianoExperimentTests {
    /// A model that knows nothing, whose posterior is even: everything runs, and all that is measured is within its bounds.
    @Test func `The tables are whole`() throws {
        let vocabulary = Vocabulary(encoding: .sustain, lowestPitch: 60, highestPitch: 71)
        var configuration = TransformerConfiguration(
            stateCount: vocabulary.count, lanes: 1, steps: 32,
            contextSizes: GridFeatures.sizes(tellingTime: true),
            width: 32, layers: 1, heads: 1)
        configuration.tellsTime = true
        let model = GridModel(
            transformer: Model(
                configuration: configuration,
                parameters: Buffer(.f32, count: ParameterLayout(configuration).count), metadata: [:]),
            description: .init(name: "m", vocabulary: vocabulary, noise: .uniform(rate: 3.87)))
        func tune(_ steps: Int, _ shift: Int) -> TokenGrid {
            TokenGrid(
                vocabulary: vocabulary, lanes: 1,
                tokens: (0..<steps).map { UInt16(1 + ($0 / 2 + shift) % 12) })
        }
        var experiment = PianoExperiment(
            model: model, training: (0..<4).map { tune(40, $0) },
            tunes: [tune(32, 1), tune(36, 5), tune(31, 2)])
        experiment.versions = 2
        experiment.promptSteps = 8
        experiment.steps = [2, 4]
        let result = try experiment.run()
        #expect(result.tables.count == 5)
        #expect(result.remarks[0].contains("2 held-out tunes"))
        for table in result.tables where !table.title.contains("Cost") {
            #expect(table.rows.map(\.name) == ["NFE 2", "NFE 4"])
            for row in table.rows {
                let columns = table.title.hasSuffix("euler") ? 3 : 4
                #expect(row.values.count == (row.name == "NFE 2" ? columns + 1 : columns))
                #expect(row.values.values.allSatisfy { (0...1).contains($0.mean) })
            }
        }
    }
}
