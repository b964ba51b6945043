import DenoisingTransformer
import DiscreteDiffusion
import FoundationEssentials
import NeuralEngine
import ProcessGroups

/// Training of a model, from the first step or from a checkpoint, with the same numbers either way.
public final class TrainingRun {
    /// What is known after a step.
    public struct Progress: Hashable, Sendable {
        /// Steps taken, counted from 1.
        public var step: Int
        /// The rate of the last step.
        public var rate: Float
        /// Mean cross-entropy of a hidden cell in the last step's batch, times the lanes: nats a frame.
        public var loss: Double
        /// The norm of the last step's gradient before clipping.
        public var gradientNorm: Float
        /// The bound of the averaged parameters on the validation pieces, nats a frame, where it was measured.
        public var validationBound: Double?
    }

    /// The settings.
    public let settings: TrainingSettings
    /// The model's shape.
    public let configuration: TransformerConfiguration
    /// What the model's file says of itself besides its shape and its training, by key.
    public let notes: [String: String]
    /// Steps taken so far.
    public private(set) var step: Int

    private let source: any ExampleSource
    private let process: any ForwardProcess
    private let validation: [HeldOutPiece]
    private let optimiser: AdamW
    private let transformer: ShardedTransformer
    private let layout: ParameterLayout
    private let group: any ProcessGroup

    private static let stepKey = "pianojys.step"
    static let settingsKey = "pianojys.training"

    /// Begins a run.
    ///
    /// - Parameters:
    ///   - settings: How to train.
    ///   - configuration: The model's shape.
    ///   - initial: A model of that shape whose weights to begin with; they are drawn if nil.
    ///   - notes: What the model's file is to say besides.
    ///   - process: The noise; absorbing if nil.
    ///   - source: What to learn from, under that noise.
    ///   - validation: What to validate on.
    ///   - checkpoint: A checkpoint of this very run to go on from.
    ///   - group: The processes that train together, each its share of every batch.
    /// - Throws: `TrainingError.settings`, `ModelError` of a shape that cannot be or a checkpoint that does not fit, `EngineError`.
    public init(
        settings: TrainingSettings, configuration: TransformerConfiguration, initial: Model? = nil,
        notes: [String: String] = [:], process: (any ForwardProcess)? = nil,
        source: some ExampleSource, validation: [HeldOutPiece], checkpoint: Safetensors? = nil,
        group: some ProcessGroup = SingleProcess()
    ) throws {
        if let fault = settings.fault { throw TrainingError.settings(fault) }
        guard group.size <= settings.batch else {
            throw TrainingError.settings("\(group.size) processes for a batch of \(settings.batch)")
        }
        try configuration.validate()
        let process = process ?? AbsorbingProcess(stateCount: configuration.stateCount)
        precondition(
            process.stateCount == configuration.stateCount,
            "\(process.stateCount), \(configuration.stateCount) states")
        self.settings = settings
        self.configuration = configuration
        self.notes = notes
        self.process = process
        self.source = source
        self.validation = validation
        self.group = group
        layout = ParameterLayout(configuration)
        let parameters: Buffer
        if let initial {
            precondition(initial.configuration == configuration, "a model of another shape")
            parameters = Buffer(.f32, count: layout.count)
            parameters.copy(from: initial.parameters(), elements: 0..<layout.count)
        } else {
            var generator = CounterGenerator(seed: settings.seed, for: .training, stream: .max)
            parameters = layout.initialParameters(using: &generator)
        }
        let compact = settings.usesBF16 ? Buffer(.bf16, count: layout.count) : nil
        optimiser = AdamW(parameters: parameters, compact: compact, decayed: layout.decayed)
        transformer = try ShardedTransformer(
            configuration, parameters: parameters, operands: compact, batch: settings.batch,
            share: (0..<settings.batch).share(group.rank, of: group.size), threads: settings.threads,
            dropout: settings.dropout, attentionDropout: settings.attentionDropout ?? 0)
        step = 0
        if let checkpoint { try restore(checkpoint) }
    }

    /// Whether all steps have been taken.
    public var isFinished: Bool { step >= settings.steps }

    /// Makes sure that all processes train one and the same run, before the first step.
    ///
    /// - Throws: `TrainingError.disagreement` if settings (threads aside), shape, pieces or step differ; `ProcessGroupError`.
    public func checkAgreement() throws {
        let texts = try metadata(threads: 1).sorted { $0.key < $1.key }.map { $0.key + $0.value }
        var hash = FNVHash()
        for text in texts { text.utf8.forEach { hash.add($0) } }
        guard try group.agrees(on: hash.value) else { throw TrainingError.disagreement }
    }

    /// Takes one step, and validates where the settings say so; all processes take it together.
    ///
    /// - Throws: `TrainingError.diverged` if loss or gradient is no longer finite, and the run stays as it was; `EngineError`,
    ///   `ProcessGroupError`.
    public func advance() throws -> Progress {
        let step = step + 1
        var generator = CounterGenerator(seed: settings.seed, for: .training, stream: UInt64(step) << 20)
        let share = (0..<settings.batch).share(group.rank, of: group.size)
        let examples = share.map { index in
            var own = CounterGenerator(
                seed: settings.seed, for: .training, stream: UInt64(step) << 20 | UInt64(index + 1))
            return source.draw(level: (Double(index) + own.drawUnit()) / Double(settings.batch), using: &own)
        }
        let losses = try transformer.run(examples, seed: UInt32(truncatingIfNeeded: generator.next()))
        var total = [losses.reduce(0, +)]
        try group.sum(&total)
        let loss = total[0] / Double(settings.batch)
        guard loss.isFinite else { throw TrainingError.diverged(step: step) }
        let rate = settings.rate(atStep: step)
        let norm = try optimiser.step(
            step, rate: rate, gradients: try gradients(), settings: settings.optimiser,
            threads: settings.threads)
        guard norm.isFinite else { throw TrainingError.diverged(step: step) }
        self.step = step
        var progress = Progress(
            step: step, rate: rate, loss: loss * Double(configuration.lanes), gradientNorm: norm)
        if step % settings.validationInterval == 0 || isFinished { progress.validationBound = try validate() }
        return progress
    }

    /// The gradients that add up to that of the batch's mean.
    private func gradients() throws -> [Buffer] {
        let own = transformer.gradients
        guard group.size > 1 else { return own }
        try optimiser.sum(own, threads: settings.threads)
        try group.sum(own[0].floats)
        return [own[0]]
    }

    private func validate() throws -> Double? {
        guard !validation.isEmpty else { return nil }
        return try HeldOutBound.measure(
            configuration, process: process, parameters: optimiser.average, operands: averageOperands(),
            pieces: validation,
            levels: settings.validationLevels, seed: settings.seed,
            threads: settings.threads, group: group
        ).perFrame
    }

    private func averageOperands() -> Buffer? {
        guard settings.usesBF16 else { return nil }
        let operands = Buffer(.bf16, count: layout.count)
        operands.round(optimiser.average)
        return operands
    }

    /// The model as it stands: a copy of the averaged parameters.
    ///
    /// - Throws: `EncodingError` if a setting is no number.
    public func model() throws -> Model {
        let parameters = Buffer(.f32, count: optimiser.average.count)
        _ = parameters.floats.update(from: optimiser.average.floats)
        return Model(configuration: configuration, parameters: parameters, metadata: try metadata())
    }

    /// The bytes of a checkpoint from which a later run goes on bit for bit.
    public func checkpoint() throws -> Data {
        try Safetensors.encode(
            states.flatMap { layout.tensors(of: $0.buffer, prefix: $0.prefix) }, metadata: metadata())
    }

    private var states: [(prefix: String, buffer: Buffer)] {
        [
            ("parameters.", optimiser.parameters), ("average.", optimiser.average), ("mean.", optimiser.mean),
            ("meanSquare.", optimiser.meanSquare),
        ]
    }

    private func restore(_ checkpoint: Safetensors) throws {
        guard let text = checkpoint.metadata[Self.stepKey], let step = Int(text), step >= 0 else {
            throw ModelError.metadata("there is no \(Self.stepKey)")
        }
        for state in states { try layout.read(checkpoint, prefix: state.prefix, into: state.buffer) }
        optimiser.refreshCompact()
        self.step = step
    }

    private func metadata(threads: Int? = nil) throws -> [String: String] {
        var settings = settings
        settings.threads = threads ?? settings.threads
        let encoder = JSONEncoder()
        encoder.outputFormatting = .sortedKeys
        func json(_ value: some Encodable) throws -> String {
            String(decoding: try encoder.encode(value), as: UTF8.self)
        }
        return notes.merging([
            Model.configurationKey: try json(configuration), Self.settingsKey: try json(settings),
            Self.stepKey: String(step),
        ]) { $1 }
    }
}

/// What keeps a run from going on.
public enum TrainingError: Error, Equatable, CustomStringConvertible, Sendable {
    /// A setting makes no sense.
    case settings(String)
    /// There is nothing to learn from.
    case noPieces
    /// The checkpoint is of a run on other pieces.
    case otherPieces
    /// The processes that are to train together have different settings, pieces or checkpoints.
    case disagreement
    /// The loss is no longer a number.
    case diverged(step: Int)

    /// One line that says what is wrong and what to do.
    public var description: String {
        switch self {
        case .settings(let fault): "these training settings do not make sense: \(fault)"
        case .noPieces: "the corpus has no pieces in its training split"
        case .otherPieces: "the checkpoint's run learnt from other pieces; give the corpus it began with"
        case .disagreement:
            "the processes do not train one run: give all of them the same options, corpus and output folder"
        case .diverged(let step): "training diverged at step \(step); try a lower --rate"
        }
    }
}
