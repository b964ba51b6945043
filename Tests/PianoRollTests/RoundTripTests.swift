import MIDIFile
import PianoRoll
import TestSupport
import Testing

@Suite struct RoundTripTests {
    /// Grid -> score -> file -> bytes -> file -> score -> grid.
    private func roundTrip(_ grid: TokenGrid) throws -> TokenGrid {
        let bytes = try MIDIFile(score: grid.decoded()).encoded()
        var fileWarnings: [MIDIDecodingWarning] = []
        var scoreWarnings: [ScoreWarning] = []
        let score = try Score(
            MIDIFile(decoding: bytes, warnings: &fileWarnings), warnings: &scoreWarnings)
        #expect(fileWarnings.isEmpty && scoreWarnings.isEmpty)
        let options = Score.EncodingOptions(
            vocabulary: grid.vocabulary, stepsPerQuarter: grid.timing.stepsPerQuarter)
        let (result, report) = try score.encoded(options)
        #expect(report.lostNotes.isEmpty && report.movedCount == 0 && report.shortenedCount == 0)
        #expect(report.ignoredMeterCount == 0)
        return result
    }

    @Test(arguments: Vocabulary.Encoding.allCases)
    func gridToMIDIToGridIsTheIdentity(encoding: Vocabulary.Encoding) throws {
        for seed in UInt64(0)..<2_000 {
            var generator = SeededGenerator(seed: seed)
            let grid = TokenGrid.random(encoding: encoding, using: &generator)
            try #require(try roundTrip(grid) == grid, "seed \(seed), \(grid)")
        }
    }

    @Test func scoreToMIDIToScoreIsTheIdentity() throws {
        for seed in UInt64(0)..<2_000 {
            var generator = SeededGenerator(seed: seed)
            let score = Score.random(using: &generator)
            var warnings: [ScoreWarning] = []
            let bytes = try MIDIFile(score: score).encoded()
            let result = try Score(MIDIFile(decoding: bytes), warnings: &warnings)
            try #require(result == score, "seed \(seed)")
            try #require(warnings.isEmpty, "seed \(seed)")
        }
    }
}

extension Score {
    /// A score in the order of its properties, no key of a track pressed twice at once.
    fileprivate static func random(using generator: inout some RandomNumberGenerator) -> Score {
        let trackCount = Int.random(in: 0...20, using: &generator)
        let lastTick = Int.random(in: 1...5_000, using: &generator)
        let names: [String?] = [nil, "", "Alto", "Stimme für Flöte", "声部"]
        let tracks = (0..<trackCount).map { _ in
            Track(
                name: names.randomElement(using: &generator) ?? nil,
                program: Bool.random(using: &generator) ? UInt8.random(in: 0...127, using: &generator) : nil)
        }
        var notes: [Note] = []
        for track in 0..<trackCount where Bool.random(using: &generator) {
            for channel in UInt8(0)..<16 where Int.random(in: 0..<6, using: &generator) == 0 {
                for pitch in [0, 60, 61, 127] as [UInt8] {
                    let ticks = Set((0..<8).map { _ in Int.random(in: 0...lastTick, using: &generator) })
                        .sorted()
                    for index in ticks.indices.dropLast() where Bool.random(using: &generator) {
                        notes.append(
                            Note(
                                pitch: pitch, velocity: UInt8.random(in: 1...127, using: &generator),
                                channel: channel, track: track, startTick: ticks[index],
                                endTick: ticks[index + 1]))
                    }
                }
            }
        }
        notes.sort {
            ($0.startTick, $0.track, $0.pitch, $0.channel) < ($1.startTick, $1.track, $1.pitch, $1.channel)
        }
        func changes() -> [Int] {
            Set(
                (0..<Int.random(in: 0...4, using: &generator)).map { _ in
                    Int.random(in: 0...lastTick, using: &generator)
                }
            ).sorted()
        }
        return Score(
            ticksPerQuarter: Int.random(in: 1...0x7FFF, using: &generator), tracks: tracks, notes: notes,
            tempos: changes().map {
                Tempo(tick: $0, microsecondsPerQuarter: .random(in: 1...0xFF_FFFF, using: &generator))
            },
            meters: changes().map {
                Meter(
                    tick: $0, numerator: .random(in: 1...255, using: &generator),
                    denominator: 1 << Int.random(in: 0...7, using: &generator))
            },
            keys: changes().map {
                Key(
                    tick: $0, fifths: .random(in: -7...7, using: &generator),
                    isMinor: .random(using: &generator))
            },
            controls: controls(trackCount: trackCount, lastTick: lastTick, using: &generator),
            texts: Bool.random(using: &generator) ? ["seed 7", "", "für Elise"] : [], endTick: lastTick)
    }

    /// Controllers and bends, in order; programs depend on the notes, and are tested by themselves.
    private static func controls(
        trackCount: Int, lastTick: Int, using generator: inout some RandomNumberGenerator
    ) -> [Control] {
        guard trackCount > 0 else { return [] }
        return (0..<Int.random(in: 0...9, using: &generator)).map { index in
            let change: Control.Change =
                index % 3 == 0
                ? .pitchBend(.random(in: 0...0x3FFF, using: &generator))
                : .controller(
                    number: .random(in: 1...31, using: &generator),
                    value: .random(in: 0...127, using: &generator))
            return Control(
                tick: .random(in: 0...lastTick, using: &generator),
                track: .random(in: 0..<trackCount, using: &generator),
                channel: .random(in: 0...15, using: &generator), change)
        }.enumerated().sorted {
            ($0.element.tick, $0.element.track, $0.offset) < ($1.element.tick, $1.element.track, $1.offset)
        }.map(\.element)
    }
}
