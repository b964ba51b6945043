import Corpus
import PianoRoll
import TestSupport

extension Corpus {
    /// A corpus of a few pieces with every kind of run: repeated and far notes, rests, runs of more than 256 steps.
    static func random(encoding: Vocabulary.Encoding, using random: inout SeededGenerator) -> Corpus {
        let vocabulary = Vocabulary(
            encoding: encoding, lowestPitch: UInt8.random(in: 0...60, using: &random),
            highestPitch: UInt8.random(in: 60...127, using: &random))
        let lanes = Int.random(in: 1...5, using: &random)
        let pieces = (0..<Int.random(in: 0...4, using: &random)).map { number in
            let steps = Int.random(in: 0...900, using: &random)
            var timing = TokenGrid.Timing(
                stepsPerQuarter: Int.random(in: 1...24, using: &random),
                meterNumerator: Int.random(in: 1...12, using: &random),
                meterDenominator: 1 << Int.random(in: 0...5, using: &random))
            timing.firstStepInBar = Int.random(in: 0..<timing.stepsPerBar, using: &random)
            var grid = TokenGrid(
                vocabulary: vocabulary, lanes: lanes, timing: timing,
                tokens: Array(repeating: 0, count: steps * lanes))
            for lane in 0..<lanes {
                var step = 0
                while step < steps {
                    let longest = Int.random(in: 0..<20, using: &random) == 0 ? 700 : 20
                    let end = min(steps, step + Int.random(in: 1...longest, using: &random))
                    if Int.random(in: 0..<5, using: &random) > 0 {
                        let pitch = UInt8.random(
                            in: vocabulary.lowestPitch...vocabulary.highestPitch, using: &random)
                        let token = vocabulary.token(of: pitch) ?? 0
                        for held in step..<end { grid[held, lane] = vocabulary.hold ?? token }
                        grid[step, lane] = token
                    }
                    step = end
                }
            }
            let key =
                Bool.random(using: &random)
                ? Key(fifths: Int.random(in: -7...7, using: &random), isMinor: Bool.random(using: &random))
                : nil
            return Piece(
                name: "piece \(number)", split: Split.allCases[number % 3], group: "group \(number % 3)",
                key: key,
                grid: grid)
        }
        return Corpus(name: "random", vocabulary: vocabulary, lanes: lanes, pieces: pieces)
    }
}
