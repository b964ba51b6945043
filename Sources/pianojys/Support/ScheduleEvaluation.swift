import Composition
import Corpus
import DiscreteDiffusion
import Evaluation
import PianoRoll

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
    func rows(
        _ samplings: [Sampling], findingCopies: Bool, progress: (Double) throws -> Void
    ) throws -> [EvaluationReport.Row] {
        let reference = windows(split)
        let evaluator = Evaluator(
            reference: reference, training: findingCopies ? corpus.pieces(in: .train).map(\.grid) : [])
        let task = CompositionTask(
            vocabulary: grids.vocabulary, lanes: grids.lanes, timing: TokenGrid.Timing(), steps: grids.steps)
        var rows = try samplings.enumerated().map { index, sampling in
            let made = try (1...seeds).map { seed in
                var settings = sampling.settings
                settings.seed = UInt64(seed)
                return try composer.compose(task, count: count, settings: settings) {
                    try progress(
                        (Double(index) + (Double(seed - 1) + $0) / Double(seeds)) / Double(samplings.count))
                }.grids
            }
            return evaluator.row("\(sampling.schedule), NFE \(sampling.calls)", seeds: made)
        }
        rows.append(realMusic(reference: reference))
        rows.append(
            evaluator.row("\(split.name) split", pieces: inCommonTime(split), windowSteps: grids.steps)
                .without(Evaluator.distances))
        // What is between voices says nothing of one.
        return grids.lanes == 1 ? rows.map { $0.without(Evaluator.betweenLanes) } : rows
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
