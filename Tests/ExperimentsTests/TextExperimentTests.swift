import Experiments
import Testing

struct TextExperimentTests {
    @Test func `A small run has its tables, and shows what it has written`() throws {
        let book = String(repeating: "The cat sat on the mat; and the dog, where was he? ", count: 1_700)
        var experiment = try TextExperiment(text: CharacterText(book))
        experiment.count = 8
        experiment.dataCount = 4
        experiment.steps = [4, 8]
        experiment.length = 32
        experiment.trainingSteps = 60
        experiment.shape = (width: 32, layers: 1)
        let result = try experiment.run()
        #expect(result.tables.count == 8)
        for table in result.tables {
            #expect(table.title.contains("nats") || table.rows.map(\.name) == ["NFE 4", "NFE 8"])
            let golden = table.title.hasSuffix("dispersed") ? [] : ["golden"]
            #expect(table.metrics == ["uniform", "uniform, 2 x NFE"] + golden + ["dp"])
            for row in table.rows {
                let bounds = table.title.hasPrefix("Distance") ? 0...1 : 0...1e6
                #expect(row.values.values.allSatisfy { bounds.contains($0.mean) })
            }
        }
        #expect(result.remarks.count == 3 + 3 + 2)
        #expect(result.remarks[3].hasPrefix("tweedie, uniform, NFE 8: \""))
        #expect(result.remarks[7].hasPrefix("dispersed, dp, NFE 8: \""))
    }

    @Test func `What is no letter is a space between what stands beside it`() {
        func read(_ text: String) -> String {
            String(CharacterText(text).tokens.map { CharacterText.alphabet[Int($0)] })
        }
        #expect(read("Genesis 1\n\n  1 In the\u{E9} beginning.\n") == "genesis in the beginning.")
        #expect(read("12 34") == "")
        #expect(read("It's—so!") == "it's so!")
    }

    @Test func `A short text is refused`() {
        #expect(throws: ExperimentError.textLength(3, needed: 80_000)) {
            try TextExperiment(text: CharacterText("abc"))
        }
    }
}
