import Experiments
import Testing

struct MoonsExperimentTests {
    /// One step draws the cells apart from each other, and the moons are lost; eight steps find them.
    @Test func `A small run shows what the large one does`() throws {
        var experiment = MoonsExperiment()
        experiment.stateCount = 40
        experiment.count = 256
        experiment.dataCount = 4
        experiment.steps = [1, 8]
        let result = try experiment.run()
        #expect(result.tables.count == 6)
        for table in result.tables where !table.title.contains("Cost") {
            for metric in table.metrics {
                let values = table.rows.compactMap { $0.values[metric]?.mean }
                #expect(
                    values.count == 2 && values[1] < 0.5 * values[0], "\(table.title), \(metric): \(values)")
            }
        }
    }
}
