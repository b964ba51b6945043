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

    /// How many faults of some kinds a composed grid has in which something that was composed has a part.
    func faultCount(in grid: TokenGrid, of kinds: Set<VoiceLeadingFault>) -> Int {
        guard !kinds.isEmpty else { return 0 }
        return VoiceLeading.faults(of: grid).count { place in
            // Motions begin at the step before.
            let isMotion = [.leap, .parallelFifths, .parallelOctaves].contains(place.fault)
            let steps = (isMotion ? place.step - 1 : place.step)...place.step
            return kinds.contains(place.fault)
                && steps.contains { step in place.lanes.contains { task.isFree(step: step, lane: $0) } }
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
