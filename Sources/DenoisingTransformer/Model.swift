import FoundationEssentials
import NeuralEngine
import Synchronization

/// A trained transformer: its shape, its parameters, and what its file says of it.
public struct Model: Sendable {
    /// The model's shape.
    public let configuration: TransformerConfiguration
    /// What the file says besides: the vocabulary, how it was trained.
    public let metadata: [String: String]
    private let stored: Stored

    /// The parameters, flat as in `ParameterLayout`.
    private enum Stored {
        /// All of them in f32.
        case whole(Buffer)
        /// The matrices in bf16, as they lie in files, and the rest in f32, each with gaps for the other.
        case split(matrices: Buffer, rest: Buffer, whole: Expansion)
    }

    /// Under this key the metadata holds the configuration, as JSON.
    public static let configurationKey = "pianojys.configuration"

    /// Split parameters in f32, written out when they are first asked for.
    private final class Expansion: Sendable {
        let buffer = Mutex<Buffer?>(nil)
    }

    /// Puts a model together; the parameters are f32.
    public init(configuration: TransformerConfiguration, parameters: Buffer, metadata: [String: String]) {
        self.configuration = configuration
        stored = .whole(parameters)
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
        if layout.entries.allSatisfy({ !$0.decays || file.holds($0.name, as: .bf16) }) {
            let matrices = Buffer(.bf16, count: layout.count)
            let rest = Buffer(.f32, count: layout.count, isSparse: true)
            for entry in layout.entries {
                try file.copy(
                    entry.name, shape: entry.shape, to: entry.decays ? matrices : rest, at: entry.offset)
            }
            stored = .split(matrices: matrices, rest: rest, whole: Expansion())
        } else {
            let parameters = Buffer(.f32, count: layout.count)
            try layout.read(file, prefix: "", into: parameters)
            stored = .whole(parameters)
        }
        metadata = file.metadata
    }

    /// All parameters, flat as in `ParameterLayout`, f32: the model's own buffer, not to be written to.
    public func parameters() -> Buffer {
        switch stored {
        case .whole(let parameters): return parameters
        case .split(let matrices, let rest, let whole):
            return whole.buffer.withLock { buffer in
                if let buffer { return buffer }
                let parameters = Buffer(.f32, count: matrices.count)
                for entry in ParameterLayout(configuration).entries {
                    parameters.copy(
                        from: entry.decays ? matrices : rest,
                        elements: entry.offset..<entry.offset + entry.count)
                }
                buffer = parameters
                return parameters
            }
        }
    }

    /// The parameters as a plan wants them.
    ///
    /// - Parameter precision: The precision of the matrix products.
    /// - Returns: The parameters in f32, in which those matrices may be missing that `operands` holds: the matrices in bf16, nil for f32.
    public func weights(for precision: Precision) -> (parameters: Buffer, operands: Buffer?) {
        switch (precision, stored) {
        case (.f32, _): return (parameters(), nil)
        case (.bf16, .split(let matrices, let rest, _)): return (rest, matrices)
        case (.bf16, .whole(let parameters)):
            let operands = Buffer(.bf16, count: parameters.count)
            operands.round(parameters)
            return (parameters, operands)
        }
    }

    /// The bytes of the model's file: matrices in bf16, in which they are multiplied anyway, the rest in f32.
    public func encoded() throws -> Data {
        let encoder = JSONEncoder()
        encoder.outputFormatting = .sortedKeys
        var metadata = metadata
        metadata[Self.configurationKey] = String(decoding: try encoder.encode(configuration), as: UTF8.self)
        return try Safetensors.encode(
            ParameterLayout(configuration).tensors(of: parameters(), prefix: "", matrices: .bf16),
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

    /// Copies named tensors into a flat vector, f32.
    public func read(_ file: Safetensors, prefix: String, into buffer: Buffer) throws(ModelError) {
        for entry in entries {
            try file.copy(prefix + entry.name, shape: entry.shape, to: buffer, at: entry.offset)
        }
    }
}
