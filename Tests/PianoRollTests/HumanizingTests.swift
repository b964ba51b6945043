import PianoRoll
import Testing

@Suite struct HumanizingTests {
    /// Sixteen bars of repeated quarters in two voices.
    private var score: Score {
        let notes = (0..<64).flatMap { beat in
            [60, 48].enumerated().map { track, pitch in
                Note(
                    pitch: UInt8(pitch), velocity: 80, track: track, startTick: 96 * beat,
                    endTick: 96 * (beat + 1))
            }
        }
        return Score(
            ticksPerQuarter: 96, tracks: [.init(), .init()], notes: notes,
            tempos: [.init(tick: 0, microsecondsPerQuarter: 600_000)],
            controls: [.init(tick: 96, .pitchBend(1))])
    }

    private func starts(_ score: Score) -> [Double] {
        let tempoMap = TempoMap(score)
        return score.notes.sorted { ($0.track, $0.startTick) < ($1.track, $1.startTick) }
            .map { tempoMap.seconds(atTick: $0.startTick) }
    }

    @Test func aSeedTellsAll() {
        #expect(score.humanized(seed: 3) == score.humanized(seed: 3))
        #expect(score.humanized(seed: 3).notes != score.humanized(seed: 4).notes)
    }

    @Test func changesAreSmall() {
        let shaped = score.humanized(seed: 7)
        let (before, after) = (starts(score), starts(shaped))
        let delays = zip(before, after).map { $1 - $0 }
        #expect(delays.allSatisfy { $0 >= -1e-9 && $0 <= 0.0281 })
        // Of four bars the last is broadened, and what is random is at most 8 ms.
        #expect((delays.max() ?? 0) > 0.018)
        for beat in 0..<64 where beat % 16 < 12 { #expect(delays[beat] < 0.0081) }
        #expect(shaped.notes.allSatisfy { abs(Int($0.velocity) - 80) <= 15 })
        #expect(shaped.tempos.count == 1 && shaped.controls[0].tick == 960)
        #expect(shaped.notes.count == score.notes.count && shaped.tracks == score.tracks)
    }

    @Test func phrasesSwell() {
        let shaped = score.humanized(seed: 7)
        func mean(_ bars: Range<Int>) -> Double {
            let ticks = bars.lowerBound * 4 * 960..<bars.upperBound * 4 * 960
            let found = shaped.notes.filter { ticks.contains($0.startTick % (16 * 960)) }
            return found.reduce(0.0) { $0 + Double($1.velocity) } / Double(found.count)
        }
        // The middle two bars of each four are louder than the first and the last.
        #expect(mean(1..<3) > mean(0..<1) + 1)
        #expect(mean(1..<3) > mean(3..<4) + 1)
    }

    @Test func repeatedNotesDoNotOverlap() {
        for seed in UInt64(0)..<50 {
            let shaped = score.humanized(seed: seed)
            for track in 0..<2 {
                let notes = shaped.notes.filter { $0.track == track }
                #expect(notes.allSatisfy { $0.startTick < $0.endTick })
                #expect(
                    zip(notes, notes.dropFirst()).allSatisfy { $0.endTick <= $1.startTick }, "seed \(seed)")
            }
        }
    }

    @Test func namesOfInstruments() {
        #expect(GeneralMIDI.programNames.count == 128)
        #expect(GeneralMIDI.programNames[19] == "Church Organ" && GeneralMIDI.programNames[127] == "Gunshot")
        #expect(GeneralMIDI.programs(named: "church-organ") == [19])
        #expect(GeneralMIDI.programs(named: "FLUTE") == [73])
        #expect(GeneralMIDI.programs(named: "choir") == [52, 91])
        #expect(GeneralMIDI.programs(named: "kazoo").isEmpty && GeneralMIDI.programs(named: " ").isEmpty)
    }
}
