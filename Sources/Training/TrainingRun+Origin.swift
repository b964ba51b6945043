import DenoisingTransformer
import FoundationEssentials

extension TrainingRun {
    /// A checkpoint and what it says of the run it is of.
    public struct Origin: Sendable {
        /// How the run trains.
        public let settings: TrainingSettings
        /// The model's shape.
        public let configuration: TransformerConfiguration
        /// The checkpoint's tensors.
        public let file: Safetensors

        /// Reads what a checkpoint, or a model that came out of training, says of itself.
        ///
        /// - Throws: `ModelError.metadata` if it does not.
        public init(_ file: Safetensors) throws {
            self.file = file
            settings = try Self.value(TrainingRun.settingsKey, of: file)
            configuration = try Self.value(Model.configurationKey, of: file)
        }

        /// What the file says under a key, as JSON.
        ///
        /// - Throws: `ModelError.metadata` if it does not.
        public func value<Value: Decodable>(_ key: String) throws -> Value { try Self.value(key, of: file) }

        private static func value<Value: Decodable>(_ key: String, of file: Safetensors) throws -> Value {
            guard let json = file.metadata[key] else { throw ModelError.metadata("there is no \(key)") }
            do {
                return try JSONDecoder().decode(Value.self, from: Data(json.utf8))
            } catch {
                throw ModelError.metadata("\(key) cannot be read")
            }
        }
    }
}

extension Model {
    /// The name of the model with whose weights the training of this one began; nil if they were drawn, or the file does not tell.
    public var initialModel: String? {
        struct Settings: Decodable { let initialModel: String? }
        guard let json = metadata[TrainingRun.settingsKey] else { return nil }
        return try? JSONDecoder().decode(Settings.self, from: Data(json.utf8)).initialModel
    }
}
