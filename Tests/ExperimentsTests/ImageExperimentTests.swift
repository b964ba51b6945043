import Experiments
import Testing

struct ImageExperimentTests {
    /// Images of two kinds, bright above and bright below, so that a small model learns them in a few steps.
    private static func images(_ count: Int) -> String {
        (0..<count).map { index in
            let pixels = (0..<64).map { pixel in
                (pixel < 32) == (index % 2 == 0) ? 16 - (pixel + index) % 3 : (pixel * index) % 2
            }
            return (pixels + [index % 2]).map(String.init).joined(separator: ",")
        }.joined(separator: "\n")
    }

    @Test func `A small run has its tables and its pictures`() throws {
        var experiment = ImageExperiment(images: try DigitImages(csv: Self.images(120)))
        experiment.count = 16
        experiment.seeds = 2
        experiment.dataCount = 4
        experiment.steps = [4, 8]
        experiment.trainingSteps = 40
        experiment.classifierSteps = 20
        experiment.shape = (width: 32, layers: 1)
        let result = try experiment.run()
        #expect(result.tables.count == 5)
        for table in result.tables {
            #expect(table.title.contains("Cost") || table.rows.map(\.name) == ["NFE 4", "NFE 8"])
            #expect(table.metrics == ["uniform", "uniform, 2 x NFE", "golden", "dp, frozen posterior"])
            for row in table.rows {
                #expect(row.values.values.allSatisfy { $0.mean.isFinite })
                if table.title.hasPrefix("Neighbours") {
                    #expect(row.values.values.allSatisfy { (0...1).contains($0.mean) })
                }
            }
        }
        #expect(result.picture.plots.count == 3 + 5)
        #expect(result.remarks[0].contains("96 to train on, 24 held out"))
    }

    @Test func `Lines that are no images are refused by their number`() {
        let good = Self.images(120)
        #expect(throws: ExperimentError.image(line: 121)) { try DigitImages(csv: good + "\n1,2,3\n") }
        let levels = [String](repeating: "0", count: 63)
        for line in [
            levels + ["17", "1"], levels + ["-1", "1"], levels + ["x", "1"], levels + ["0", "10"],
        ] {
            #expect(throws: ExperimentError.image(line: 1)) {
                try DigitImages(csv: line.joined(separator: ",") + "\n" + good)
            }
        }
        #expect(throws: ExperimentError.imageCount(99)) { try DigitImages(csv: Self.images(99)) }
    }
}
