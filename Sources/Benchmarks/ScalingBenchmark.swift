import Composition
import DiscreteDiffusion
import NeuralEngine

/// How time and memory of composing grow with the steps of the sampler and with the pieces.
public struct ScalingBenchmark {
    /// One measurement.
    public struct Point: Hashable, Sendable, Encodable {
        /// Calls of the model for each piece.
        public let nfe: Int
        /// Pieces, each of one window.
        public let pieces: Int
        /// How long all of it took, milliseconds.
        public let milliseconds: Double
        /// The memory of the process afterwards, MiB.
        public let residentMiB: Double?
    }

    /// The model.
    public var model: GridModel
    /// The sampler, of a call a step.
    public var sampler: any Sampler
    /// Calls of the model where the pieces grow.
    public var steps: Int
    /// The most pieces, and the most calls.
    public var mostPieces, mostSteps: Int
    /// Pieces that are composed together; more follow in turn.
    public var piecesAtOnce: Int
    /// The precision of the matrix products.
    public var precision: Precision
    /// Threads, for several pieces at once.
    public var threads: Int
    /// Runs that medians are taken of; more than sixteen pieces are composed once.
    public var runs: Int

    /// Creates a benchmark.
    public init(
        model: GridModel, sampler: any Sampler, steps: Int, mostSteps: Int, mostPieces: Int,
        piecesAtOnce: Int,
        precision: Precision, threads: Int, runs: Int
    ) {
        (self.model, self.sampler, self.steps, self.mostSteps) = (model, sampler, steps, mostSteps)
        (self.mostPieces, self.piecesAtOnce) = (mostPieces, piecesAtOnce)
        (self.precision, self.threads, self.runs) = (precision, threads, runs)
    }

    /// Composes a piece in 1, 2, 4 and more calls.
    ///
    /// - Parameter report: Told each point as it is known.
    /// - Throws: What sampling throws.
    public func measureCalls(report: (Point) throws -> Void) throws -> [Point] {
        try compose(1, steps: 1)
        return try Self.powers(of: 2, upTo: mostSteps).map { steps in
            let point = try point(1, steps: steps, runs: runs)
            try report(point)
            return point
        }
    }

    /// Composes 1, 4, 16 and more pieces.
    ///
    /// - Parameter report: Told each point as it is known.
    /// - Returns: The points.
    /// - Throws: What sampling throws.
    public func measurePieces(report: (Point) throws -> Void) throws -> [Point] {
        try compose(1, steps: 1)
        return try Self.powers(of: 4, upTo: mostPieces).map { pieces in
            let point = try point(pieces, steps: steps, runs: pieces > 16 ? 1 : runs)
            try report(point)
            return point
        }
    }

    private func compose(_ pieces: Int, steps: Int) throws {
        let composer = Composer(model: model, precision: precision, threads: threads)
        let task = CompositionTask(
            vocabulary: model.vocabulary, lanes: model.lanes, steps: composer.windowSteps)
        let settings = Composer.Settings(sampler: sampler, schedule: try .uniform(steps), seed: 1)
        for first in stride(from: 0, to: pieces, by: piecesAtOnce) {
            _ = try composer.compose(
                task, first: first, count: min(piecesAtOnce, pieces - first), settings: settings)
        }
    }

    private func point(_ pieces: Int, steps: Int, runs: Int) throws -> Point {
        let seconds = try Stopwatch.median(runs: runs, warmups: 0) { try compose(pieces, steps: steps) }
        return Point(
            nfe: steps, pieces: pieces, milliseconds: (seconds * 1e5).rounded() / 100,
            residentMiB: ProcessMemory.residentMiB.map { ($0 * 10).rounded() / 10 })
    }

    private static func powers(of base: Int, upTo limit: Int) -> [Int] {
        Array(sequence(first: 1) { $0 * base <= limit ? $0 * base : nil })
    }
}
