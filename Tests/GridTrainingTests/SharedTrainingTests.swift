import Composition
import DenoisingTransformer
import DiscreteDiffusion
import Foundation
import GridTraining
import NeuralEngine
import ProcessGroups
import TestSupport
import Testing
import Training

/// Training and measuring in several processes, which are threads here; mpi.sh has real ones.
struct SharedTrainingTests {
    private static func run(
        threads: Int, in group: some ProcessGroup, seed: UInt64 = 1
    ) throws -> TrainingRun {
        var settings = smallSettings(steps: 8)
        settings.batch = 5
        settings.dropout = 0.2
        settings.attentionDropout = 0.2
        settings.threads = threads
        settings.seed = seed
        return try TrainingRun(
            settings: settings, windows: smallWindows, configuration: smallConfiguration(),
            description: smallDescription, training: smallPieces(count: 6, steps: 32, seed: 1),
            validation: smallPieces(count: 2, steps: 24, seed: 2), group: group)
    }

    private static func curve(_ run: TrainingRun) throws -> [TrainingRun.Progress] {
        var curve: [TrainingRun.Progress] = []
        while !run.isFinished { curve.append(try run.advance()) }
        return curve
    }

    @Test(arguments: [(1, 2), (1, 5), (2, 1), (2, 2), (3, 1), (5, 1)])
    func `However a batch is shared out the run is the same, to rounding`(processes: Int, threads: Int) throws
    {
        let alone = try Self.curve(Self.run(threads: 1, in: SingleProcess()))
        let shared = try ThreadGroup.run(processes) { group in
            let run = try Self.run(threads: threads, in: group)
            try run.checkAgreement()
            return (curve: try Self.curve(run), checkpoint: try run.checkpoint())
        }
        for (one, other) in zip(alone, shared[0].curve) {
            #expect(abs(one.loss - other.loss) < 1e-4 * one.loss, "step \(one.step)")
            #expect(abs(one.gradientNorm - other.gradientNorm) < 1e-3 * one.gradientNorm, "step \(one.step)")
        }
        let bounds = try [alone, shared[0].curve].map { try #require($0.last?.validationBound) }
        #expect(abs(bounds[0] - bounds[1]) < 1e-4 * bounds[0])
        // In step to the last bit.
        #expect(Set(shared.map(\.checkpoint)).count == 1)
        #expect(shared.allSatisfy { $0.curve == shared[0].curve })
    }

    @Test func `Processes that train two runs are told so`() throws {
        #expect(throws: TrainingError.disagreement) {
            try ThreadGroup.run(2) { group in
                try Self.run(threads: 1, in: group, seed: UInt64(group.rank)).checkAgreement()
            }
        }
        // Threads are each process' own matter.
        _ = try ThreadGroup.run(2) { group in
            try Self.run(threads: 1 + group.rank, in: group).checkAgreement()
        }
    }

    @Test func `There are no more processes than windows`() throws {
        #expect(throws: TrainingError.settings("6 processes for a batch of 5")) {
            try ThreadGroup.run(6) { _ = try Self.run(threads: 1, in: $0) }
        }
    }

    @Test(arguments: [false, true])
    func `The bound is the same bit for bit`(masks: Bool) throws {
        var configuration = smallConfiguration()
        configuration.tellsTime = !masks
        configuration.contextSizes = GridFeatures.sizes(tellingTime: !masks)
        let shape = configuration
        let bounds = try [1, 2, 3].map { size in
            try ThreadGroup.run(size) { group in
                var generator = CounterGenerator(seed: 8, for: .training)
                let parameters = ParameterLayout(shape).initialParameters(using: &generator)
                let pieces = smallPieces(count: 5, steps: 20, seed: 4)
                func measure(_ process: some ForwardProcess) throws -> HeldOutBound {
                    try HeldOutBound.measure(
                        shape, process: process, parameters: parameters, operands: nil,
                        pieces: pieces.map { HeldOutPiece($0, for: shape, edges: true) }, levels: 9, seed: 9,
                        threads: 1, group: group)
                }
                return masks
                    ? try measure(AbsorbingProcess(stateCount: smallVocabulary.count))
                    : try measure(UniformProcess(stateCount: smallVocabulary.count, rate: 4))
            }
        }
        #expect(Set(bounds.joined()).count == 1)
        #expect(bounds[0][0].perFrame.isFinite && bounds[0][0].perFrame > 0)
    }
}
