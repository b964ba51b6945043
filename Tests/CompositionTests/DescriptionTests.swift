import Composition
import Foundation
import PianoRoll
import Testing

@Suite struct DescriptionTests {
    private func read(_ json: String) throws -> GridModel.Description {
        try JSONDecoder().decode(GridModel.Description.self, from: Data(json.utf8))
    }

    private let rest = """
        "name": "m", "edges": true, "vocabulary": {"encoding": "onset", "lowestPitch": 40, "highestPitch": 80}
        """

    @Test("What an older program did not write is as it was taken to be")
    func older() throws {
        let description = try read("{\(rest)}")
        #expect(description.noise == .absorbing && description.rareFaults.isEmpty)
    }

    @Test("Faults that a later program names are passed over")
    func later() throws {
        let description = try read(
            "{\(rest), \"rareFaults\": [\"parallelFifths\", \"hiddenOctaves\", \"leap\"]}")
        #expect(description.rareFaults == [.parallelFifths, .leap])
    }
}
