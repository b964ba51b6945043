import PianoRoll

extension TokenGrid {
    /// A well-formed grid of random shape, meter and notes; some lanes silent, voices crossing at will.
    static func random(
        encoding: Vocabulary.Encoding, using generator: inout some RandomNumberGenerator
    ) -> TokenGrid {
        let lowest = UInt8.random(in: 0...100, using: &generator)
        let vocabulary = Vocabulary(
            encoding: encoding, lowestPitch: lowest,
            highestPitch: UInt8.random(in: lowest...127, using: &generator))
        let lanes = Int.random(in: 1...20, using: &generator)
        var timing = Timing(
            stepsPerQuarter: [1, 2, 3, 4, 4, 4, 6, 7, 8, 12, 24, 96, 960].randomElement(using: &generator)
                ?? 4,
            meterNumerator: Int.random(in: 1...13, using: &generator),
            meterDenominator: 1 << Int.random(in: 0...5, using: &generator))
        if Bool.random(using: &generator) {
            timing.firstStepInBar = Int.random(in: 0..<timing.stepsPerBar, using: &generator)
        }
        let steps = Int.random(in: 0...60, using: &generator)
        let density = Double.random(in: 0...1, using: &generator)
        let silent = (0..<lanes).map { _ in Int.random(in: 0..<4, using: &generator) == 0 }
        let tokens = (0..<steps * lanes).map { cell in
            if silent[cell % lanes] || Double.random(in: 0...1, using: &generator) > density {
                return UInt16(0)
            }
            // Few tokens, so that equal pitches meet.
            return UInt16.random(in: 0..<UInt16(min(6, vocabulary.count)), using: &generator)
        }
        return TokenGrid(vocabulary: vocabulary, lanes: lanes, timing: timing, tokens: tokens).repaired()
    }
}
