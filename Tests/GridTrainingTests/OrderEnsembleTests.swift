import Composition
import DenoisingTransformer
import DiscreteDiffusion
import GridTraining
import NeuralEngine
import ProcessGroups
import TestSupport
import Testing
import Training

/// Orders under a small model that has learnt a little of what its notes have to do with each other.
struct OrderEnsembleTests {
    private static let pieces = smallPieces(count: 4, steps: 20, seed: 4)

    private static func model() throws -> GridModel {
        let run = try TrainingRun(
            settings: smallSettings(steps: 200), windows: smallWindows, configuration: smallConfiguration(),
            description: smallDescription, training: smallPieces(count: 20, steps: 32, seed: 1),
            validation: [])
        while !run.isFinished { _ = try run.advance() }
        return GridModel(transformer: try run.model(), description: smallDescription)
    }

    private static func measure(
        _ model: GridModel, _ order: OrderEnsemble.Order = .random(count: 8), calls: Int? = nil,
        transpositions: Int = 1, threads: Int = 1, group: some ProcessGroup = SingleProcess()
    ) throws -> OrderEnsemble {
        try OrderEnsemble.measure(
            model, pieces: pieces, precision: .f32, order: order, calls: calls,
            transpositions: transpositions, seed: 2, threads: threads, group: group)
    }

    @Test func `Random orders agree with noise levels, and threads and processes with each other`() throws {
        let model = try Self.model()
        let bound = try HeldOutBound.measure(
            model, pieces: Self.pieces, precision: .f32, levels: 256, seed: 9, threads: 2)
        let found = try Self.measure(model)
        // It has learnt enough to tell hidden cells by visible ones.
        #expect(bound.perCell < 0.8 * 2.64)
        #expect(
            abs(found.mean.perFrame / bound.perFrame - 1) < 0.03, "\(found.mean.perFrame), \(bound.perFrame)")
        #expect(try Self.measure(model, calls: 1).mean.perFrame > 1.2 * found.mean.perFrame)
        #expect(abs(try Self.measure(model, threads: 2).mean.perFrame - found.mean.perFrame) < 1e-4)
        for size in [2, 11] {
            let shared = try ThreadGroup.run(size) { try Self.measure(model, group: $0) }
            #expect(Set(shared) == [found])
        }
    }

    /// Notes of both lanes together span 60...71, so that most transposed windows with visible notes cannot be shown.
    @Test func `Keys that cannot be shown do not count`() throws {
        let model = try Self.model()
        let alone = try Self.measure(model, .chronological)
        let three = try Self.measure(model, .chronological, transpositions: 3)
        #expect(three.mean.perFrame.isFinite && three.mean != alone.mean)
        #expect(abs(three.mean.perFrame / alone.mean.perFrame - 1) < 0.2)
    }
}
