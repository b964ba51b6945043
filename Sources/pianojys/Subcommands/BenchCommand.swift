import ArgumentParser
import Benchmarks
import Composition
import DiscreteDiffusion
import NeuralEngine
import OutputFiles

/// `pianojys bench`: how fast the engine is.
struct BenchCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "bench",
        abstract: "Time the transformer's encoder, beside what the machine can multiply, or the program.",
        discussion: """
            A line of JSON: median milliseconds of one forward pass (with --train of one forward and backward), the rate that \
            its matrix products alone amount to, and that of a large matrix product in the same run.

            With --product a line for each thing a user waits for, with a shipped model: reading it, calling it, composing a window, \
            measuring and finding its schedules, a step of training. --dtype, --threads and --runs count there too.

            With --scaling a line for 1, 2, 4 and so on to 256 calls of one piece, and for 1, 4, 16 and so on to 4,096 pieces of 8 calls: \
            time, and memory afterwards. More than 16 pieces are timed once. --calls and --pieces set other ends, --dtype, --threads \
            and --runs count there too. --plot FILE.svg draws them.

            EXAMPLES
              pianojys bench --batch 16 --positions 128 --dtype bf16
              pianojys bench --batch 16 --positions 512 --train
              pianojys bench --product --dtype bf16 --threads 2
              pianojys bench --scaling --dtype bf16 --runs 3 --plot scaling.svg
            """)

    @Option(help: "Samples.")
    var batch = 1

    @Option(help: "Positions of a sample.")
    var positions = 512

    @Option(help: "Components of a position's vector, a multiple of 32.")
    var width = 256

    @Option(help: "Encoder blocks.")
    var layers = 6

    @Option(help: "Attention heads.")
    var heads = 8

    @Option(help: "Width of the feed-forward layers.")
    var feedforward = 1_024

    @Option(help: "f32 or bf16; 'generate' takes bf16 where the processor has it.")
    var dtype = "f32"

    @Flag(help: "The backward pass too.")
    var train = false

    @Option(help: "Threads; as many as there are cores unless given.")
    var threads: Int?

    @Option(help: "Runs that the median is taken of.")
    var runs = 15

    @Flag(help: "Time what a user waits for instead.")
    var product = false

    @Flag(help: "Time how composing grows with calls and pieces instead.")
    var scaling = false

    @Option(help: "The most calls, of --scaling. (default: 256)")
    var calls: Int?

    @Option(help: "The most pieces, of --scaling. (default: 4096)")
    var pieces: Int?

    @Option(help: "A picture of --scaling, in SVG.")
    var plot: String?

    @Option(help: "The model, of --product and --scaling.")
    var model = "chorale"

    @Option(help: "The corpus that schedules and training take, of --product. \(CorpusInput.usual)")
    var corpus: String?

    @Option(help: "The folder with Data/models and Data/corpora.")
    var data: String?

    private struct Report: Encodable {
        let peer: String
        let batch, positions: Int
        let dtype: String
        let train: Bool
        let threads: Int
        let milliseconds, gflops, peakGflops, share: Double
    }

    func run() throws {
        guard let precision = Precision(rawValue: dtype) else {
            throw Failure.usage("--dtype is f32 or bf16, not '\(dtype)'")
        }
        let threads = threads ?? Engine.threads
        for (name, value, limit) in [
            ("batch", batch, 4_096), ("positions", positions, 16_384), ("threads", threads, 1_024),
            ("runs", runs, 100_000), ("calls", calls ?? 1, 100_000), ("pieces", pieces ?? 1, 100_000),
        ] where !(1...limit).contains(value) {
            throw Failure.usage("--\(name) \(value) is not in 1...\(limit)")
        }
        if !product && corpus != nil { throw Failure.usage("--corpus is for --product") }
        if product && scaling { throw Failure.usage("--product or --scaling, not both") }
        if !scaling && (plot != nil || calls != nil || pieces != nil) {
            throw Failure.usage("--plot, --calls and --pieces are for --scaling")
        }
        if scaling { return try timeScaling(precision, threads: threads) }
        if product { return try timeProduct(precision, threads: threads) }
        let benchmark = EncoderBenchmark(
            batch: batch, positions: positions, width: width, layers: layers, heads: heads,
            feedforward: feedforward, precision: precision, trains: train, threads: threads, runs: runs)
        do {
            try benchmark.configuration.validate()
        } catch {
            throw Failure.usage("an encoder of this shape cannot be: \(error)")
        }
        let peak = try MatrixPeak.measure(precision, threads: threads)
        let time = try benchmark.measure()
        let rate = benchmark.operations / time
        try Console.result(
            JSONText.encode(
                Report(
                    peer: "pianojys, oneDNN \(Engine.version)", batch: batch, positions: positions,
                    dtype: dtype, train: train, threads: threads,
                    milliseconds: Self.rounded(time * 1e3, to: 100), gflops: Self.rounded(rate / 1e9, to: 10),
                    peakGflops: Self.rounded(peak / 1e9, to: 10), share: Self.rounded(rate / peak, to: 1_000))
            ))
    }

    private func timeProduct(_ precision: Precision, threads: Int) throws {
        let folder = try DataFolder(explicit: data)
        let path = try folder.modelFile(model)
        let grids = try Failure.naming(path) { try GridModel(path: path) }
        let corpus = try corpus ?? CorpusInput.usualName(for: grids)
        let pieces = try CorpusInput.read(try folder.corpusFile(corpus), for: grids)
        let benchmark = ProductBenchmark(
            path: path, pieces: pieces.pieces(in: .train).map(\.grid), sampler: try sampler(of: grids),
            steps: 8, windows: 16,
            precision: precision, threads: threads, runs: runs)
        for stage in try benchmark.measure() { try Console.result(JSONText.encode(stage)) }
    }

    private func timeScaling(_ precision: Precision, threads: Int) throws {
        if let plot { try ScalingPicture.check(plot) }
        let path = try DataFolder(explicit: data).modelFile(model)
        let grids = try Failure.naming(path) { try GridModel(path: path) }
        let benchmark = ScalingBenchmark(
            model: grids, sampler: try sampler(of: grids), steps: 8, mostSteps: calls ?? 256,
            mostPieces: pieces ?? 4_096, piecesAtOnce: GenerateCommand.takesAtOnce, precision: precision,
            threads: threads, runs: runs)
        let tell = { (point: ScalingBenchmark.Point) in try Console.result(JSONText.encode(point)) }
        let overCalls = try benchmark.measureCalls(report: tell)
        let overPieces = try benchmark.measurePieces(report: tell)
        if let plot {
            let svg = ScalingPicture.svg(overCalls: overCalls, overPieces: overPieces, model: model)
            try OutputFile.write(Array(svg.utf8), to: plot)
        }
    }

    /// The sampler that `generate` takes.
    private func sampler(of grids: GridModel) throws -> any Sampler {
        try SamplerChoice(name: SamplerChoice.name(nil, for: grids.process)).sampler()
    }

    private static func rounded(_ value: Double, to parts: Double) -> Double {
        (value * parts).rounded() / parts
    }
}
