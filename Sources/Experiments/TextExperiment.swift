import DenoisingTransformer
import DiscreteDiffusion
import Evaluation
import JumpYourSteps
import Plots
import RealModule
import Training

/// Characters of a book under absorbing noise: the paper's text at a small scale.
public struct TextExperiment: Sendable {
    /// Texts written for each figure, at least 2.
    public var count = 192
    /// Stretches of the book that costs are measured on.
    public var dataCount = 64
    /// The numbers of steps, powers of two.
    public var steps = [2, 4, 8, 16, 32, 64]
    /// Characters of a written text.
    public var length = 128
    /// Optimiser steps of the model.
    public var trainingSteps = 8_000
    /// Width and layers of the model.
    public var shape = (width: 192, layers: 4)
    /// What everything random is drawn from.
    public var seed: UInt64 = 1
    /// Threads of training and sampling.
    public var threads = 1

    private let training: [Token]
    private let judging: [Token]
    private let heldOut: [Token]
    private let process = AbsorbingProcess(stateCount: CharacterText.alphabet.count)

    /// The longest run of characters that the judge counts.
    private static let judgeOrder = 6
    /// Characters of a block of the book; the blocks are dealt out to model, judge and the held-out part.
    private static let blockLength = 4_000
    /// The number of steps of which texts are shown.
    private static let shownSteps = 8

    /// Creates the experiment as it is published here.
    ///
    /// - Throws: `ExperimentError.textLength` if the text has not 20 blocks.
    public init(text: CharacterText) throws(ExperimentError) {
        let needed = 20 * Self.blockLength
        guard text.tokens.count >= needed else { throw .textLength(text.tokens.count, needed: needed) }
        let parts = text.split(blockLength: Self.blockLength, shares: [9, 9, 2])
        (training, judging, heldOut) = (parts[0], parts[1], parts[2])
    }

    /// Runs it.
    ///
    /// - Parameter progress: Called with the share that is done; what it throws ends the run.
    public func run(progress: (Double) throws -> Void = { _ in }) throws -> ExperimentResult {
        let configuration = TransformerConfiguration(
            stateCount: CharacterText.alphabet.count, lanes: 1, steps: length, width: shape.width,
            layers: shape.layers, heads: shape.width / 32)
        let (text, length) = (training, length)
        let trained = try TrainedTransformer(
            configuration, process: process,
            source: NoisedSource(process: process, configuration: configuration) { generator in
                Self.stretch(of: text, length: length, using: &generator)
            },
            steps: trainingSteps, seed: seed, threads: threads
        ) { try progress($0 * 0.4) }
        let denoiser = trained.denoiser(threads: threads)
        var generator = CounterGenerator(seed: seed, for: .data)
        let data = (0..<dataCount).flatMap { _ in Self.stretch(of: text, length: length, using: &generator) }
        let found = try SearchedSchedules(
            absorbing: process, denoiser: denoiser, data: data, limit: steps.max() ?? 1, seed: seed
        ) { try progress(0.4 + $0 * 0.1) }
        let dispersed = try SearchedSchedules(
            dispersed: denoiser, data: data, limit: steps.max() ?? 1, seed: seed
        ) { try progress(0.5 + $0 * 0.1) }

        let judge = NGramModel(
            judging, stateCount: CharacterText.alphabet.count, order: Self.judgeOrder)
        let real = (0..<count).flatMap { _ in Self.stretch(of: heldOut, length: length, using: &generator) }
        let triples = Self.triples(of: heldOut, length: length)
        var tables: [EvaluationReport] = []
        var shown: [String] = []
        let ways: [(any Sampler, SearchedSchedules)] = [
            (TweedieSampler(), found), (GillespieSampler(), found), (DispersedSampler(), dispersed),
        ]
        for (index, (sampler, found)) in ways.enumerated() {
            let titles = ["Perplexity", "Distance of triples"].map { "\($0), \(sampler.name)" }
            tables += try found.tables(titles, steps: steps) {
                try progress(0.6 + 0.4 / 3 * (Double(index) + $0))
            } measure: { column, schedule, progress in
                let drawn = try sampler.sample(
                    count: count, seed: seed, process: process, denoiser: denoiser, schedule: schedule,
                    progress: { try progress($0.share) })
                if !(sampler is GillespieSampler), schedule.stepCount == Self.shownSteps {
                    shown.append(
                        "\(sampler.name), \(column.name), NFE \(schedule.stepCount): \"\(CharacterText.string(drawn[0]))\""
                    )
                }
                return [
                    perplexity(drawn.tokens, judge), distance(of: drawn.tokens, to: triples),
                ]
            }
        }
        tables += found.costs(of: "Text") + dispersed.costs(of: "Text")
        return ExperimentResult(
            name: "text", title: "Characters of a book",
            remarks: [
                "Texts of \(length) characters (\(CharacterText.alphabet.count) of them) of a book of which the model has read "
                    + "\(training.count); they stand for the paper's text at the scale of GPT-2: the same code at a small scale. \(count) "
                    + "texts a figure.",
                "Perplexity: of a character under a \(Self.judgeOrder)-gram of another \(judging.count) characters; of as much of the held-out "
                    + "rest it is \(described(perplexity(real, judge))). Distance of triples: Jensen-Shannon distance of the "
                    + "runs of three characters, written to held-out; a text that says one thing over and over is likely and far; as "
                    + "much of the book is at \(described(distance(of: real, to: triples))).",
                "The model: \(trained.parameterCount) parameters, \(trainingSteps) steps of 16 texts; bound on the held-out part "
                    + "\(((try bound(trained) * 1e3).rounded() / 1e3)) bits a character. \(found.remark) \(dispersed.remark)",
            ] + shown,
            tables: tables,
            picture: PlotSheet(
                title: "Characters of a book", tables.map { $0.plot($0.title) }, columns: 2))
    }

    private func described(_ estimate: Estimate?) -> String {
        estimate.map { "\(($0.mean * 1e3).rounded() / 1e3)" } ?? "-"
    }

    private static func stretch(
        of text: [Token], length: Int, using generator: inout CounterGenerator
    ) -> [Token] {
        let start = generator.drawIndex(below: text.count - length + 1)
        return Array(text[start..<start + length])
    }

    /// The perplexity of texts, `[n, length]`, under the judge.
    private func perplexity(_ tokens: [Token], _ judge: NGramModel) -> Estimate? {
        let texts = stride(from: 0, to: tokens.count, by: length).map {
            judge.crossEntropy(of: tokens[$0..<$0 + length])
        }
        return Estimate(bootstrapOver: texts, seed: seed) { .exp($0.reduce(0, +) / Double($0.count)) }
    }

    private func distance(of tokens: [Token], to triples: Histogram) -> Estimate? {
        let histograms = stride(from: 0, to: tokens.count, by: length).map {
            Self.triples(of: Array(tokens[$0..<$0 + length]), length: length)
        }
        return Estimate(bootstrapOver: histograms, resamples: 50, seed: seed) { histograms in
            var all = Histogram()
            for histogram in histograms { all.merge(histogram) }
            return all.jensenShannonDistance(to: triples)
        }
    }

    /// The runs of three characters within texts of a length.
    private static func triples(of tokens: [Token], length: Int) -> Histogram {
        let states = CharacterText.alphabet.count
        var histogram = Histogram()
        for place in tokens.indices.dropLast(2) where place % length + 2 < length {
            let run = tokens[place..<place + 3]
            histogram.add(run.reduce(0) { $0 * states + Int($1) })
        }
        return histogram
    }

    /// The model's bound on stretches of the held-out part, bits a character.
    private func bound(_ trained: TrainedTransformer) throws -> Double {
        let pieces = stride(from: 0, through: heldOut.count - length, by: length).prefix(512).map {
            HeldOutPiece(
                windows: [.init(tokens: Array(heldOut[$0..<$0 + length]), contexts: [])], frames: length)
        }
        return try HeldOutBound.measure(
            trained.model.configuration, process: process, parameters: trained.model.parameters(),
            operands: nil, pieces: pieces, levels: 64, seed: seed, threads: threads
        ).perCell / .log(2)
    }
}
