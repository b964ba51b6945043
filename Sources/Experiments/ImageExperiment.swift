import DenoisingTransformer
import DiscreteDiffusion
import Evaluation
import JumpYourSteps
import Plots
import RealModule
import Training

/// Digits drawn under ordinal noise by a transformer that is trained for it: the paper's images at a small scale.
public struct ImageExperiment: Sendable {
    /// Images drawn for each seed of a figure, at least 2.
    public var count = 512
    /// Seeds of a figure.
    public var seeds = 4
    /// Images that costs are measured on.
    public var dataCount = 64
    /// The numbers of steps, powers of two.
    public var steps = [2, 4, 8, 16, 32, 64]
    /// Optimiser steps of the model.
    public var trainingSteps = 6_000
    /// Optimiser steps of the classifier.
    public var classifierSteps = 4_000
    /// Width and layers of the model.
    public var shape = (width: 128, layers: 4)
    /// What everything random is drawn from.
    public var seed: UInt64 = 1
    /// Threads of training and sampling.
    public var threads = 1

    private let training: DigitImages
    private let heldOut: DigitImages
    private let process = OrdinalProcess.gaussian(
        stateCount: DigitImages.levelCount, deviation: 4.25, spread: 58, growth: 100)

    /// The number of steps whose images are shown.
    private static let shownSteps = 4
    /// Images shown of each schedule.
    private static let shownCount = 20

    /// Creates the experiment as it is published here, on images of which a fifth is held out.
    public init(images: DigitImages) {
        (training, heldOut) = images.split()
    }

    /// Runs it.
    ///
    /// - Parameter progress: Called with the share that is done; what it throws ends the run.
    public func run(progress: (Double) throws -> Void = { _ in }) throws -> ExperimentResult {
        let trained = try train { try progress($0 * 0.4) }
        let classifier = try DigitClassifier(training, steps: classifierSteps, seed: seed, threads: threads) {
            try progress(0.4 + $0 * 0.05)
        }
        let denoiser = trained.denoiser(threads: threads)
        var generator = CounterGenerator(seed: seed, for: .data)
        let found = try SearchedSchedules(
            process, denoiser: denoiser,
            data: generator.drawOrder(of: training.count).prefix(dataCount).flatMap { training[$0] },
            freezings: [.posterior], earliest: trained.model.configuration.firstTime, limit: steps.max() ?? 1,
            seed: seed
        ) { try progress(0.45 + $0 * 0.15) }

        let distance = KernelDistance(to: try classifier.features(of: heldOut.tokens))
        let neighbours = Self.neighbours(of: heldOut.tokens)
        var sheets = [sheet("held out", heldOut.tokens)]
        var tables: [EvaluationReport] = []
        let samplers: [any Sampler] = [TweedieSampler(), EulerSampler()]
        for (index, sampler) in samplers.enumerated() {
            let titles = ["Kernel distance", "Neighbours' distance"].map { "\($0), \(sampler.name)" }
            tables += try found.tables(titles, steps: steps) {
                try progress(0.6 + 0.2 * (Double(index) + $0))
            } measure: { column, schedule, progress in
                let drawn = try sampler.sample(
                    count: count * seeds, seed: seed, process: process, denoiser: denoiser,
                    schedule: schedule,
                    progress: { try progress($0.share) })
                if index == 0, schedule.stepCount == Self.shownSteps,
                    ["uniform", "dp, frozen posterior"].contains(column.name)
                {
                    sheets.append(
                        sheet("\(sampler.name), \(column.name), NFE \(schedule.stepCount)", drawn.tokens))
                }
                let parts = (0..<seeds).map { part in
                    Array(
                        drawn.tokens[
                            part * count * DigitImages.pixelCount..<(part + 1) * count
                                * DigitImages.pixelCount])
                }
                return [
                    Estimate(seeds: try parts.map { distance(try classifier.features(of: $0)) }),
                    Estimate(
                        seeds: parts.compactMap {
                            Self.neighbours(of: $0).jensenShannonDistance(to: neighbours)
                        }),
                ]
            }
        }
        tables += found.costs(of: "Digits")
        return ExperimentResult(
            name: "image", title: "Digits under ordinal noise",
            remarks: [
                "Grey images of hand-written digits, \(DigitImages.side) x \(DigitImages.side) pixels of \(DigitImages.levelCount) levels: "
                    + "\(training.count) to train on, \(heldOut.count) held out. They stand for the paper's CIFAR-10: the same code at a "
                    + "small scale. \(seeds) x \(count) images a figure, intervals over the \(seeds) parts.",
                "Kernel distance: of the features of a classifier that tells \(rounded(100 * (try classifier.accuracy(on: heldOut)))) % of the "
                    + "held-out digits, generated to held-out; \(count) training images have \(rounded(try ofTraining(distance, classifier))). "
                    + "Neighbours' distance: Jensen-Shannon distance of the levels of neighbouring pixels; \(count) training images have "
                    + "\(rounded(Self.neighbours(of: trainingPart).jensenShannonDistance(to: neighbours) ?? 0)).",
                "The model: \(trained.parameterCount) parameters, \(trainingSteps) steps of 16 images; bound on the held-out images "
                    + "\(rounded(try bound(trained))) bits a pixel. \(found.remark)",
            ],
            tables: tables,
            picture: PlotSheet(
                title: "Digits under ordinal noise", sheets + tables.map { $0.plot($0.title) }, columns: 3))
    }

    private func train(progress: (Double) throws -> Void) throws -> TrainedTransformer {
        var configuration = TransformerConfiguration(
            stateCount: DigitImages.levelCount, lanes: DigitImages.side, cellsPerPosition: 1,
            steps: DigitImages.side, contextSizes: [100], width: shape.width, layers: shape.layers,
            heads: shape.width / 32)
        configuration.tellsTime = true
        let images = training
        return try TrainedTransformer(
            configuration, process: process,
            source: NoisedSource(process: process, configuration: configuration) { generator in
                Array(images[generator.drawIndex(below: images.count)])
            },
            steps: trainingSteps, dropout: 0.1, seed: seed, threads: threads, progress: progress)
    }

    /// The model's bound on the held-out images, bits a pixel.
    private func bound(_ trained: TrainedTransformer) throws -> Double {
        let pieces = (0..<heldOut.count).map {
            HeldOutPiece(
                windows: [.init(tokens: Array(heldOut[$0]), contexts: [])], frames: DigitImages.side)
        }
        return try HeldOutBound.measure(
            trained.model.configuration, process: process, parameters: trained.model.parameters(),
            operands: nil, pieces: pieces, levels: 64, seed: seed, threads: threads
        ).perCell / .log(2)
    }

    /// As many training images as a figure's seed has.
    private var trainingPart: [Token] { Array(training.tokens.prefix(count * DigitImages.pixelCount)) }

    private func ofTraining(_ distance: KernelDistance, _ classifier: DigitClassifier) throws -> Double {
        distance(try classifier.features(of: trainingPart))
    }

    /// The levels of each pixel and its right neighbour, and of each and the one below.
    private static func neighbours(of tokens: [Token]) -> Histogram {
        var histogram = Histogram()
        let (side, levels) = (DigitImages.side, DigitImages.levelCount)
        for (place, level) in tokens.enumerated() {
            let (row, column) = (place % DigitImages.pixelCount).quotientAndRemainder(dividingBy: side)
            if column + 1 < side { histogram.add(Int(level) * levels + Int(tokens[place + 1])) }
            if row + 1 < side {
                histogram.add(levels * levels + Int(level) * levels + Int(tokens[place + side]))
            }
        }
        return histogram
    }

    private func sheet(_ title: String, _ tokens: [Token]) -> PixelSheet {
        let shown = min(Self.shownCount, tokens.count / DigitImages.pixelCount)
        return PixelSheet(
            title: title,
            images: (0..<shown).map { index in
                tokens[index * DigitImages.pixelCount..<(index + 1) * DigitImages.pixelCount].map {
                    Double($0) / Double(DigitImages.levelCount - 1)
                }
            }, imageWidth: DigitImages.side, columns: 5)
    }

    private func rounded(_ value: Double) -> Double { (value * 1e3).rounded() / 1e3 }
}
