import Corpus
import Foundation
import PianoRoll

/// A grid of lanes written as pitches step by step: nil is rest, a negative number holds the note before.
func grid(_ lanes: [[Int?]], timing: TokenGrid.Timing = TokenGrid.Timing()) -> TokenGrid {
    let vocabulary = Vocabulary(encoding: .onset)
    let steps = lanes[0].count
    var result = TokenGrid(
        vocabulary: vocabulary, lanes: lanes.count, timing: timing,
        tokens: Array(repeating: Vocabulary.rest, count: lanes.count * steps))
    for (lane, cells) in lanes.enumerated() {
        for (step, cell) in cells.enumerated() {
            guard let cell else { continue }
            let token = cell < 0 ? vocabulary.hold : vocabulary.token(of: UInt8(cell))
            result[step, lane] = token ?? Vocabulary.rest
        }
    }
    return result
}

/// The shipped chorales.
func chorales() throws -> Corpus {
    let root = URL(fileURLWithPath: #filePath)
        .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
    let file = root.appendingPathComponent("Data/corpora/chorales.corpus")
    return try Corpus(decoding: [UInt8](try Data(contentsOf: file)))
}
