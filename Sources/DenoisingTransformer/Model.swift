import FoundationEssentials
import NeuralEngine

/// A trained transformer: its shape, its parameters, and what its file says of it.
public struct Model: Sendable {
    /// The model's shape.
    public let configuration: TransformerConfiguration
    /// The parameters, flat as in `ParameterLayout`, f32.
    public let parameters: Buffer
    /// What the file says besides: the vocabulary, how it was trained.
    public let metadata: [String: String]

    /// Under this key the metadata holds the configuration, as JSON.
    public static let configurationKey = "pianojys.configuration"

    /// Puts a model together.
    public init(configuration: TransformerConfiguration, parameters: Buffer, metadata: [String: String]) {
        self.configuration = configuration
        self.parameters = parameters
        self.metadata = metadata
    }

    /// Reads a model from a safetensors file.
    ///
    /// - Throws: `ModelError` if the file cannot be read, is damaged, or its tensors do not fit its configuration.
    public init(mapping path: String) throws(ModelError) {
        let file = try Safetensors(mapping: path)
        guard let json = file.metadata[Self.configurationKey] else {
            throw .metadata("there is no \(Self.configurationKey)")
        }
        do {
            configuration = try JSONDecoder().decode(TransformerConfiguration.self, from: Data(json.utf8))
        } catch {
            throw .metadata("\(Self.configurationKey) cannot be read")
        }
        try configuration.validate()
        let layout = ParameterLayout(configuration)
        // Before room is made: the file bounds what a configuration can ask for.
        for entry in layout.entries { try file.require(entry.name, shape: entry.shape) }
        parameters = Buffer(.f32, count: layout.count)
        try layout.read(file, prefix: "", into: parameters)
        guard parameters.floats.allSatisfy(\.isFinite) else { throw .tensor("a weight is not a number") }
        metadata = file.metadata
    }

    /// The bytes of the model's file: matrices in bf16, in which they are multiplied anyway, the rest in f32.
    public func encoded() throws -> Data {
        let encoder = JSONEncoder()
        encoder.outputFormatting = .sortedKeys
        var metadata = metadata
        metadata[Self.configurationKey] = String(decoding: try encoder.encode(configuration), as: UTF8.self)
        return try Safetensors.encode(
            ParameterLayout(configuration).tensors(of: parameters, prefix: "", matrices: .bf16),
            metadata: metadata)
    }
}

extension ParameterLayout {
    /// The parameters in a flat vector as named tensors, to be written as f32 but for the matrices.
    public func tensors(of buffer: Buffer, prefix: String, matrices: Precision = .f32) -> [Safetensors.Tensor]
    {
        entries.map {
            Safetensors.Tensor(
                name: prefix + $0.name, shape: $0.shape,
                values: Array(buffer.floats[$0.offset..<$0.offset + $0.count]),
                precision: $0.decays ? matrices : .f32)
        }
    }

    /// Copies named tensors into a flat vector.
    public func read(_ file: Safetensors, prefix: String, into buffer: Buffer) throws(ModelError) {
        for entry in entries {
            let target = UnsafeMutableBufferPointer(
                rebasing: buffer.floats[entry.offset..<entry.offset + entry.count])
            try file.copy(prefix + entry.name, shape: entry.shape, to: target)
        }
    }
}
