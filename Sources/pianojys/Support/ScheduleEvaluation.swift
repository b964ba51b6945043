import Composition
import Corpus
import DiscreteDiffusion
import Evaluation
import PianoRoll
import ProcessGroups

/// Generated pieces of several schedules beside a corpus' own: what `evaluate` prints and a comparison shows.
struct ScheduleEvaluation {
    /// A schedule's name and how it is sampled; the seed is put in later.
    struct Sampling {
        let schedule: String
        let settings: Composer.Settings

        /// Calls of the model for each window.
        var calls: Int { settings.sampler.calls(steps: settings.schedule.stepCount) }
    }

    let grids: GridModel
    let composer: Composer
    let corpus: Corpus
    /// What distances are taken to.
    let split: Corpus.Split
    /// How many seeds, from 1 on, and pieces of each.
    let seeds, count: Int

    /// A row for each sampling, then the training split and the split that distances are taken to.
    ///
    /// The processes of a group share seeds out, and all get the same rows.
    func rows(
        _ samplings: [Sampling], findingCopies: Bool, in group: some ProcessGroup = SingleProcess(),
        progress: (Double) throws -> Void
    ) throws -> [EvaluationReport.Row] {
        let reference = windows(split)
        let evaluator = Evaluator(
            reference: reference, training: findingCopies ? corpus.pieces(in: .train).map(\.grid) : [])
        let pieces = try compose(samplings, in: group, progress: progress)
        var rows = samplings.enumerated().map { index, sampling in
            evaluator.row(
                "\(sampling.schedule), NFE \(sampling.calls)",
                seeds: Array(pieces[index * seeds..<(index + 1) * seeds]))
        }
        rows.append(realMusic(reference: reference))
        rows.append(
            evaluator.row("\(split.name) split", pieces: inCommonTime(split), windowSteps: grids.steps)
                .without(Evaluator.distances))
        // What is between voices says nothing of one.
        return grids.lanes == 1 ? rows.map { $0.without(Evaluator.betweenLanes) } : rows
    }

    /// The pieces of each sampling's seeds.
    private func compose(
        _ samplings: [Sampling], in group: some ProcessGroup, progress: (Double) throws -> Void
    ) throws -> [[TokenGrid]] {
        let task = CompositionTask(
            vocabulary: grids.vocabulary, lanes: grids.lanes, timing: TokenGrid.Timing(), steps: grids.steps)
        let cells = grids.steps * grids.lanes
        let total = samplings.count * seeds
        // A number for each cell, or zeros where another process composes.
        var tokens = Array(repeating: Array(repeating: 0.0, count: count * cells), count: total)
        for place in 0..<total where group.takes(place) {
            var settings = samplings[place / seeds].settings
            settings.seed = UInt64(place % seeds + 1)
            let made = try composer.compose(task, count: count, settings: settings) {
                try progress((Double(place) + $0) / Double(total))
            }
            tokens[place] = made.grids.flatMap { $0.tokens.map(Double.init) }
        }
        return try tokens.indices.map { place in
            try group.sum(&tokens[place])
            return (0..<count).map { piece in
                TokenGrid(
                    vocabulary: grids.vocabulary, lanes: grids.lanes, timing: task.given.timing,
                    tokens: tokens[place][piece * cells..<(piece + 1) * cells].map { UInt16($0) })
            }
        }
    }

    /// What real music gets for its distances: as many windows of the training split, drawn for each seed. What is copied from
    /// that very split is left out.
    private func realMusic(reference: [TokenGrid]) -> EvaluationReport.Row {
        let windows = windows(.train)
        let drawn = (1...seeds).map { seed in
            var generator = CounterGenerator(seed: UInt64(seed), for: .data)
            return generator.drawOrder(of: windows.count).prefix(count).map { windows[$0] }
        }
        return Evaluator(reference: reference).row("train split, as many windows", seeds: drawn)
    }

    /// Pieces are generated in 4/4: what they are set beside is too.
    private func inCommonTime(_ split: Corpus.Split) -> [TokenGrid] {
        let stepsPerBar = TokenGrid.Timing().stepsPerBar
        return corpus.pieces(in: split).map(\.grid).filter { $0.timing.stepsPerBar == stepsPerBar }
    }

    private func windows(_ split: Corpus.Split) -> [TokenGrid] {
        inCommonTime(split).flatMap { $0.windows(steps: grids.steps) }
    }
}
