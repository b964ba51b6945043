import Composition
import DenoisingTransformer
import FoundationEssentials
import PianoRoll
import Training

extension TrainingRun {
    static let windowsKey = "pianojys.windows"

    /// Begins a run of a model of grids.
    ///
    /// - Parameters:
    ///   - settings: How to train.
    ///   - windows: How windows are drawn from the pieces.
    ///   - configuration: The model's shape.
    ///   - description: What its tokens mean.
    ///   - training: The pieces to learn from, in the model's vocabulary.
    ///   - validation: The pieces to validate on.
    ///   - checkpoint: A checkpoint of this very run to go on from.
    /// - Throws: As the general initialiser, and `TrainingError.noPieces`.
    public convenience init(
        settings: TrainingSettings, windows: WindowSettings, configuration: TransformerConfiguration,
        description: GridModel.Description, training: [TokenGrid], validation: [TokenGrid],
        checkpoint: Safetensors? = nil
    ) throws {
        if let fault = windows.fault { throw TrainingError.settings(fault) }
        try configuration.validate()
        guard training.contains(where: { $0.steps > 0 }) else { throw TrainingError.noPieces }
        let encoder = JSONEncoder()
        encoder.outputFormatting = .sortedKeys
        func json(_ value: some Encodable) throws -> String {
            String(decoding: try encoder.encode(value), as: UTF8.self)
        }
        let process = description.noise.process(stateCount: configuration.stateCount)
        try self.init(
            settings: settings, configuration: configuration,
            notes: [GridModel.descriptionKey: try json(description), Self.windowsKey: try json(windows)],
            process: process,
            source: WindowSampler(
                pieces: training, configuration: configuration, process: process, edges: description.edges,
                settings: windows),
            validation: validation.map {
                HeldOutPiece($0, for: configuration, edges: description.edges)
            },
            checkpoint: checkpoint)
    }
}

extension TrainingRun.Origin {
    /// What the tokens of a model of grids mean.
    ///
    /// - Throws: `ModelError.metadata` of another model.
    public func description() throws -> GridModel.Description { try value(GridModel.descriptionKey) }

    /// How its windows were drawn.
    ///
    /// - Throws: `ModelError.metadata` of another model.
    public func windows() throws -> WindowSettings { try value(TrainingRun.windowsKey) }
}
