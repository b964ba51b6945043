import Experiments
import FoundationEssentials
import Testing

struct CountDownExperimentTests {
    /// A small run has all its tables, and in each the schedules that were searched beat the uniform one.
    @Test func `A small run shows what the large one does`() throws {
        var experiment = CountDownExperiment()
        experiment.count = 48
        experiment.dataCount = 16
        experiment.steps = [4, 8]
        experiment.trainingSteps = 0
        var shares: [Double] = []
        let result = try experiment.run { shares.append($0) }
        #expect(shares == shares.sorted() && shares.allSatisfy { (0...1).contains($0) })
        #expect(result.tables.count == 8)
        for table in result.tables where !table.title.contains("nats") {
            #expect(table.rows.map(\.name) == ["NFE 4", "NFE 8"])
            #expect(table.rows[0].values["uniform, 2 x NFE"] == table.rows[1].values["uniform"])
            for row in table.rows {
                let uniform = try #require(row.values["uniform"])
                for metric in table.metrics where !metric.hasPrefix("uniform") {
                    let found = try #require(row.values[metric])
                    #expect(found.mean < 0.75 * uniform.mean, "\(table.title), \(row.name), \(metric)")
                }
            }
        }
        // What was searched for costs least: on the curve dp's schedules, whose times are free, cost no more than any other.
        let costs = try #require(
            result.tables.first { $0.title.contains("Absorbing noise, exact denoiser: Cost") })
        for row in costs.rows {
            let dp = try #require(row.values["dp"]).mean
            #expect(try #require(row.values["golden"]).mean >= dp - 1e-9)
            #expect(try #require(row.values["uniform"]).mean > 1.2 * dp)
        }
        let page = result.markdown(command: "c", pictureFile: "p.svg")
        #expect(page.contains("| NFE 8 |") && page.contains("](p.svg)") && page.hasSuffix("|\n"))
    }
}
