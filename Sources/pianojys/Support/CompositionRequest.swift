import Composition
import Evaluation
import PianoRoll

/// A task with what is needed to make a score of its grids.
struct CompositionRequest {
    /// generate, continue, harmonise or infill.
    let name: String
    let task: CompositionTask
    let source: SourcePiece?

    /// Bars of the piece, a pickup not counted; a last bar that is cut short counts.
    var bars: Int { task.given.barCount }

    /// The faults of voice leading of a composed grid in which something that was composed has a part.
    func faults(in grid: TokenGrid) -> [VoiceLeading.Place] {
        VoiceLeading.faults(of: grid).filter { place in
            place.lanes.contains { task.isFree(step: place.step, lane: $0) }
        }
    }

    /// The score of a composed grid.
    func score(_ grid: TokenGrid, tempo: Double?, programs: InstrumentList, text: String) throws -> Score {
        let lanePrograms = try programs.programs(lanes: grid.lanes)
        guard let source else {
            var voices = TokenGrid.standardVoices(lanes: grid.lanes)
            for lane in voices.indices { voices[lane].program = lanePrograms[lane] }
            return try grid.decoded(.init(quartersPerMinute: tempo ?? 90, voices: voices, texts: [text]))
        }
        var score = source.score(with: grid, task: task, programs: lanePrograms, texts: [text])
        if let tempo {
            score.tempos = [.init(tick: 0, microsecondsPerQuarter: Int((60_000_000 / tempo).rounded()))]
        }
        return score
    }
}
