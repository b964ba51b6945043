import PianoRoll
import TestSupport
import Testing

@Suite struct GridDocumentTests {
    private let document = GridDocument(
        grid: TokenGrid(
            vocabulary: Vocabulary(encoding: .onset, lowestPitch: 36, highestPitch: 81), lanes: 2,
            timing: .init(meterNumerator: 3, firstStepInBar: 8), tokens: [10, 0, 1, 0, 12, 47]),
        info: ["seed": "7", "model": "cho\"rale\n\\ü"])

    private let text = """
        {
          "format": "pianojys grid", "version": 1,
          "vocabulary": {"encoding": "onset", "lowestPitch": 36, "highestPitch": 81},
          "timing": {"stepsPerQuarter": 4, "meterNumerator": 3, "meterDenominator": 4, "firstStepInBar": 8},
          "lanes": 2, "steps": 3,
          "tokens": [
            [10, 1, 12],
            [0, 0, 47]
          ],
          "info": {"model": "cho\\"rale\\u000a\\\\ü", "seed": "7"}
        }

        """

    @Test func theFormIsAsDocumented() throws {
        #expect(document.json() == text)
        #expect(try GridDocument(json: Array(text.utf8)) == document)
    }

    @Test(arguments: Vocabulary.Encoding.allCases)
    func randomGridsComeBack(encoding: Vocabulary.Encoding) throws {
        for seed in UInt64(0)..<200 {
            var generator = SeededGenerator(seed: seed)
            let grid = TokenGrid.random(encoding: encoding, using: &generator)
            let read = try GridDocument(json: Array(GridDocument(grid: grid).json().utf8))
            try #require(read == GridDocument(grid: grid), "seed \(seed)")
        }
    }

    @Test(arguments: [
        ("pianojys grid", "other", "format"), ("\"version\": 1", "\"version\": 2", "version"),
        ("onset", "offset", "vocabulary.encoding"),
        ("\"lowestPitch\": 36", "\"lowestPitch\": 82", "vocabulary.highestPitch"),
        ("81", "128", "vocabulary.highestPitch"), ("81", "300", "vocabulary.highestPitch"),
        ("\"stepsPerQuarter\": 4", "\"stepsPerQuarter\": 0", "timing"),
        ("\"meterDenominator\": 4", "\"meterDenominator\": 6", "timing"),
        ("\"firstStepInBar\": 8", "\"firstStepInBar\": 12", "timing"),
        ("\"lanes\": 2", "\"lanes\": 3", "tokens"), ("\"lanes\": 2", "\"lanes\": 0", "lanes"),
        ("\"steps\": 3", "\"steps\": 4", "tokens"), ("\"steps\": 3", "\"steps\": -1", "steps"),
        ("\"steps\": 3", "\"steps\": 99999999999", "steps"), ("[0, 0, 47]", "[0, 0, 48]", "tokens"),
        ("[0, 0, 47]", "[0, 0, -1]", "tokens"), ("[0, 0, 47]", "[0, 47]", "tokens"),
        ("[0, 0, 47]", "7", "tokens.1"), ("\"lanes\": 2, ", "", "lanes"),
        ("\"seed\": \"7\"", "\"seed\": 7", "info.seed"),
    ])
    func faultsAreToldWithTheirPlace(what: String, instead: String, place: String) throws {
        let parts = text.split(separator: what, maxSplits: 1, omittingEmptySubsequences: false)
        try #require(parts.count == 2)
        let changed = String(parts[0]) + instead + String(parts[1])
        let error = try #require(throws: TokenGridError.self) { try GridDocument(json: Array(changed.utf8)) }
        guard case .malformed(let found, let problem) = error else {
            Issue.record("\(error)")
            return
        }
        // Where a key is missing the place is that of what lacks it.
        #expect(found == place || (instead.isEmpty && problem.contains(place)), "\(error)")
        #expect(!error.description.contains("\n"))
    }

    @Test func whatIsNoJSON() {
        for bytes in [[], Array("MThd".utf8), Array("[1, 2".utf8), [0xFF, 0xFE], Array("{}".utf8)]
            as [[UInt8]]
        {
            #expect(throws: TokenGridError.self) { try GridDocument(json: bytes) }
        }
    }
}
