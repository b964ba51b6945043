import Composition
import DenoisingTransformer
import FoundationEssentials

extension TrainingRun {
    /// A checkpoint and what it says of the run it is of.
    public struct Origin: Sendable {
        /// How the run trains.
        public let settings: TrainingSettings
        /// The model's shape.
        public let configuration: TransformerConfiguration
        /// What the model's tokens mean.
        public let description: GridModel.Description
        /// The checkpoint's tensors.
        public let file: Safetensors

        /// Reads what a checkpoint, or a model that came out of training, says of itself.
        ///
        /// - Throws: `ModelError.metadata` if it does not.
        public init(_ file: Safetensors) throws {
            func decode<Value: Decodable>(_ key: String) throws -> Value {
                guard let json = file.metadata[key] else { throw ModelError.metadata("there is no \(key)") }
                do {
                    return try JSONDecoder().decode(Value.self, from: Data(json.utf8))
                } catch {
                    throw ModelError.metadata("\(key) cannot be read")
                }
            }
            settings = try decode(TrainingRun.settingsKey)
            configuration = try decode(Model.configurationKey)
            description = try decode(GridModel.descriptionKey)
            self.file = file
        }
    }
}
