import ArgumentParser
import ComparisonPage
import Composition
import Corpus
import Evaluation

/// What the metrics of a comparison are measured on.
struct ComparisonMetricsOptions: ParsableArguments {
    @Option(help: "Pieces that are measured, for each schedule and each of five seeds; 0 for no metrics.")
    var measured = 64

    @Option(help: "The corpus to measure against. \(CorpusInput.usual)")
    var corpus: String?

    @Option(help: "The split to measure against.")
    var split: Corpus.Split = .test

    private static let seeds = 5

    /// The metrics that are shown: `evaluate` prints all.
    private static let shown =
        [Evaluator.meanDistance, Feature.chord.title] + VoiceLeading.Fault.allCases.map(\.title)

    /// What measures; nil where nothing is to be, or the task is not that which `evaluate` knows.
    ///
    /// - Throws: `Failure.usage`, `.noInput`, `.badData`.
    func evaluation(
        _ task: String, grids: GridModel, composer: Composer, folder: DataFolder, console: Console
    ) throws -> ScheduleEvaluation? {
        guard (0...100_000).contains(measured) else {
            throw Failure.usage("--measured \(measured) is not in 0...100000")
        }
        guard measured > 0 else { return nil }
        guard task == "generate" else {
            console.note("metrics are of new pieces alone: there are none for the task \(task)")
            return nil
        }
        let path = try folder.corpusFile(corpusName(for: grids))
        let source = try CorpusInput.read(path, for: grids)
        guard !source.pieces(in: split).isEmpty else {
            throw Failure.badData("\(path) has no pieces in its \(split.name) split")
        }
        return ScheduleEvaluation(
            grids: grids, composer: composer, corpus: source, split: split, seeds: Self.seeds, count: measured
        )
    }

    private func corpusName(for grids: GridModel) throws -> String {
        try corpus ?? CorpusInput.usualName(for: grids)
    }

    /// The options with which `evaluate` measures the same.
    func words(for grids: GridModel) throws -> [String] {
        [
            "--corpus", try corpusName(for: grids), "--split", split.name, "--seeds", "\(Self.seeds)",
            "--count", "\(measured)",
        ]
    }

    /// The table of the page.
    func table(_ rows: [EvaluationReport.Row], grids: GridModel, command: String) throws
        -> ComparisonPage.Table
    {
        let corpus = try corpusName(for: grids)
        let cells = EvaluationReport(title: "", metrics: Self.shown, rows: rows).cells
        let pieces = "\(measured) \(measured == 1 ? "piece" : "pieces") of \(grids.steps) steps"
        return ComparisonPage.Table(
            columns: cells[0], rows: Array(cells.dropFirst()),
            caption:
                "Of \(Self.seeds) seeds of \(pieces) for each line, with 95 % intervals. "
                + "Distances are Jensen-Shannon's, of features of the notes, to the \(split.name) split of the "
                + "corpus \(corpus): nearer to 0 is nearer to it, and the training split's own is what they could at best "
                + "be. The others are faults of voice leading a bar. This command prints all columns:",
            command: command)
    }
}
