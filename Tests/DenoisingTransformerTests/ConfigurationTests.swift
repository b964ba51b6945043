import DenoisingTransformer
import Foundation
import Testing

@Suite struct ConfigurationTests {
    @Test(arguments: ModelCase.all) func modelsInUseAreValid(_ model: ModelCase) throws {
        try model.configuration.validate()
        let data = try JSONEncoder().encode(model.configuration)
        #expect(try JSONDecoder().decode(TransformerConfiguration.self, from: data) == model.configuration)
    }

    @Test(
        arguments: [
            (\TransformerConfiguration.stateCount, 0), (\.stateCount, 1 << 15), (\.lanes, 0),
            (\.cellsPerPosition, 2),
            (\.steps, -1), (\.width, 40), (\.width, 0), (\.layers, 0), (\.layers, Int.max), (\.heads, 0),
            (\.heads, 3),
            (\.heads, 4), (\.feedforward, 20), (\.feedforward, Int.min), (\.convolutionTaps, 4),
            (\.convolutionTaps, 17),
            (\.convolutionTaps, -1),
        ] as [(WritableKeyPath<TransformerConfiguration, Int> & Sendable, Int)])
    func nonsenseIsRefused(_ path: WritableKeyPath<TransformerConfiguration, Int> & Sendable, _ value: Int) {
        var configuration = TransformerConfiguration(stateCount: 60, lanes: 4, steps: 16, width: 64, heads: 2)
        configuration[keyPath: path] = value
        #expect(throws: ModelError.self) { try configuration.validate() }
    }

    @Test(arguments: [
        (256, 3, "1, 2, 4 or 8"), (64, 0, "1 or 2"), (32, 2, "takes 1"), (100, 2, "96 or 128 would do"),
        (31, 1, "32 or 64 would do"), (-5, 1, "32 or 64 would do"), (.max, 1, "8192 would do"),
    ])
    func whatFitsIsSaid(width: Int, heads: Int, words: String) throws {
        let configuration = TransformerConfiguration(
            stateCount: 60, lanes: 4, steps: 16, width: width, heads: heads, feedforward: 128)
        let fault = try #require(throws: ModelError.self) { try configuration.validate() }
        #expect(fault.description.hasSuffix(words), "\(fault)")
        // The numbers that are said to fit do.
        for match in words.matches(of: /\d+/) {
            var fitting = configuration
            let number = try #require(Int(match.0))
            if width % 32 == 0 {
                fitting.heads = number
            } else {
                (fitting.width, fitting.heads) = (number, 1)
            }
            try fitting.validate()
        }
    }

    @Test func tokensBeyondTheStatesAreMaskAndPadding() {
        let configuration = TransformerConfiguration(stateCount: 60, lanes: 4, steps: 16)
        #expect(configuration.mask == 60 && configuration.padding == 61)
        #expect(configuration.positions(steps: 7) == 7)
        var single = configuration
        single.cellsPerPosition = 1
        #expect(single.positions(steps: 7) == 28)
    }
}
