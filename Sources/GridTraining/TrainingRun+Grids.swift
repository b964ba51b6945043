import Composition
import DenoisingTransformer
import FoundationEssentials
import PianoRoll
import ProcessGroups
import Training

extension TrainingRun {
    static let windowsKey = "pianojys.windows"
    private static let piecesKey = "pianojys.pieces"

    /// Begins a run of a model of grids.
    ///
    /// - Parameters:
    ///   - settings: How to train.
    ///   - windows: How windows are drawn from the pieces.
    ///   - configuration: The model's shape.
    ///   - description: What its tokens mean.
    ///   - initial: A model of that shape whose weights to begin with; they are drawn if nil.
    ///   - training: The pieces to learn from, in the model's vocabulary.
    ///   - validation: The pieces to validate on.
    ///   - checkpoint: A checkpoint of this very run to go on from.
    ///   - group: The processes that train together.
    /// - Throws: As the general initialiser, and `TrainingError.noPieces`, `.otherPieces`.
    public convenience init(
        settings: TrainingSettings, windows: WindowSettings, configuration: TransformerConfiguration,
        description: GridModel.Description, initial: Model? = nil, training: [TokenGrid],
        validation: [TokenGrid], checkpoint: Safetensors? = nil, group: some ProcessGroup = SingleProcess()
    ) throws {
        if let fault = windows.fault { throw TrainingError.settings(fault) }
        try configuration.validate()
        guard training.contains(where: { $0.steps > 0 }) else { throw TrainingError.noPieces }
        let digest = Self.digest(training)
        if let before = checkpoint?.metadata[Self.piecesKey], before != digest {
            throw TrainingError.otherPieces
        }
        let encoder = JSONEncoder()
        encoder.outputFormatting = .sortedKeys
        func json(_ value: some Encodable) throws -> String {
            String(decoding: try encoder.encode(value), as: UTF8.self)
        }
        let process = description.noise.process(stateCount: configuration.stateCount)
        try self.init(
            settings: settings, configuration: configuration, initial: initial,
            notes: [
                GridModel.descriptionKey: try json(description), Self.windowsKey: try json(windows),
                Self.piecesKey: digest,
            ],
            process: process,
            source: WindowSampler(
                pieces: training, configuration: configuration, process: process, edges: description.edges,
                settings: windows),
            validation: validation.map {
                HeldOutPiece($0, for: configuration, edges: description.edges)
            },
            checkpoint: checkpoint, group: group)
    }

    /// A number that other pieces would not have, of lengths and tokens.
    private static func digest(_ pieces: [TokenGrid]) -> String {
        var hash = FNVHash()
        func add(_ value: UInt16) {
            hash.add(UInt8(truncatingIfNeeded: value))
            hash.add(UInt8(value >> 8))
        }
        for piece in pieces {
            add(UInt16(truncatingIfNeeded: piece.steps))
            piece.tokens.forEach(add)
        }
        return String(hash.value, radix: 16)
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
