import FoundationEssentials
import NeuralEngine

/// A file of named tensors in the safetensors format: eight bytes of header length, a JSON header, the numbers.
///
/// Source: the format's description in the `huggingface/safetensors` repository.
public struct Safetensors: Sendable {
    /// A tensor to write.
    public struct Tensor: Sendable {
        /// The tensor's name.
        public let name: String
        /// Its dimensions, outermost first.
        public let shape: [Int]
        /// Its numbers, row-major.
        public let values: [Float]
        /// The form they are written in: F32 or BF16.
        public let precision: Precision

        /// Creates a tensor.
        ///
        /// - Precondition: `values.count` is the product of `shape`.
        public init(name: String, shape: [Int], values: [Float], precision: Precision = .f32) {
            precondition(values.count == shape.reduce(1, *), "\(name): \(values.count) values for \(shape)")
            self.name = name
            self.shape = shape
            self.values = values
            self.precision = precision
        }
    }

    private struct Entry: Codable {
        let dtype: String
        let shape: [Int]
        let dataOffsets: [Int]

        private enum CodingKeys: String, CodingKey {
            case dtype
            case shape
            case dataOffsets = "data_offsets"
        }
    }

    /// The header: tensors by name, and the metadata under a name of its own.
    private struct Header: Codable {
        var entries: [String: Entry] = [:]
        var metadata: [String: String] = [:]

        private struct Key: CodingKey {
            let stringValue: String
            var intValue: Int? { nil }
            init(stringValue: String) { self.stringValue = stringValue }
            init?(intValue: Int) { nil }
        }
        private static let metadataKey = Key(stringValue: "__metadata__")

        init() {}

        init(from decoder: any Decoder) throws {
            let container = try decoder.container(keyedBy: Key.self)
            for key in container.allKeys {
                if key.stringValue == Self.metadataKey.stringValue {
                    metadata = try container.decode([String: String].self, forKey: key)
                } else {
                    entries[key.stringValue] = try container.decode(Entry.self, forKey: key)
                }
            }
        }

        func encode(to encoder: any Encoder) throws {
            var container = encoder.container(keyedBy: Key.self)
            try container.encode(metadata, forKey: Self.metadataKey)
            for (name, entry) in entries { try container.encode(entry, forKey: Key(stringValue: name)) }
        }
    }

    /// What the file says of itself.
    public let metadata: [String: String]
    private let entries: [String: Entry]
    private let file: MappedFile
    private let dataStart: Int

    /// Maps a file and checks its header: that it is whole, and every tensor lies inside.
    ///
    /// - Throws: `ModelError.unreadable` if the file cannot be opened, `.malformed` if it is not what it should be.
    public init(mapping path: String) throws(ModelError) {
        file = try MappedFile(path: path)
        let bytes = file.bytes
        guard bytes.count >= 8 else { throw .malformed("it is \(bytes.count) bytes long") }
        let length = UInt64(littleEndian: bytes.loadUnaligned(as: UInt64.self))
        guard length >= 2, length <= UInt64(min(bytes.count - 8, 100_000_000)) else {
            throw .malformed("its header of \(length) bytes does not fit its \(bytes.count) bytes")
        }
        dataStart = 8 + Int(length)
        let header: Header
        do {
            header = try JSONDecoder().decode(Header.self, from: Data(bytes[8..<dataStart]))
        } catch {
            throw .malformed("its header is not the JSON it should be")
        }
        for (name, entry) in header.entries {
            guard let size = Self.elementSize(entry.dtype) else {
                throw .malformed("tensor \(name) is of type \(entry.dtype); F32 and BF16 are known")
            }
            var count = size
            for dimension in entry.shape {
                let (product, overflow) = count.multipliedReportingOverflow(by: dimension)
                guard dimension >= 0, !overflow else {
                    throw .malformed("tensor \(name) has shape \(entry.shape)")
                }
                count = product
            }
            let offsets = entry.dataOffsets
            guard offsets.count == 2, offsets[0] >= 0, offsets[1] >= offsets[0],
                offsets[1] - offsets[0] == count
            else {
                throw .malformed("tensor \(name) of shape \(entry.shape) lies at \(offsets)")
            }
            guard offsets[1] <= bytes.count - dataStart else {
                throw .malformed("it is cut off: tensor \(name) ends beyond the end of the file")
            }
        }
        metadata = header.metadata
        entries = header.entries
    }

    /// The names of the tensors, in alphabetical order.
    public var names: [String] { entries.keys.sorted() }

    /// Whether there is a tensor of that name and shape, whose numbers then lie within the file.
    ///
    /// - Throws: `ModelError.tensor` if not.
    func require(_ name: String, shape: [Int]) throws(ModelError) {
        guard let entry = entries[name] else { throw .tensor("there is no \(name)") }
        guard entry.shape == shape else { throw .tensor("\(name) is \(entry.shape), not \(shape)") }
    }

    /// Whether a tensor is stored in a precision.
    func holds(_ name: String, as precision: Precision) -> Bool {
        entries[name]?.dtype == precision.rawValue.uppercased()
    }

    /// Copies a tensor's numbers into a buffer of f32, or of their own precision, from an element on.
    ///
    /// - Throws: `ModelError.tensor` if there is none of that name and shape, or one of its numbers is none.
    func copy(_ name: String, shape: [Int], to target: Buffer, at offset: Int) throws(ModelError) {
        try require(name, shape: shape)
        let count = shape.reduce(1, *)
        guard let entry = entries[name], offset + count <= target.count else {
            throw .tensor("\(name) has no room in \(target.count) numbers")
        }
        let source = UnsafeRawBufferPointer(rebasing: file.bytes[(dataStart + entry.dataOffsets[0])...])
        let isFinite = target.read(
            source, in: entry.dtype == "F32" ? .f32 : .bf16, at: offset, count: count)
        guard isFinite else { throw .tensor("a weight of \(name) is not a number") }
    }

    private static func elementSize(_ type: String) -> Int? { ["F32": 4, "BF16": 2][type] }

    /// The bytes of a file that holds these tensors.
    public static func encode(_ tensors: [Tensor], metadata: [String: String]) throws -> Data {
        var header = Header()
        header.metadata = metadata
        var offset = 0
        for tensor in tensors {
            let end = offset + tensor.precision.byteCount * tensor.values.count
            header.entries[tensor.name] = Entry(
                dtype: tensor.precision.rawValue.uppercased(), shape: tensor.shape,
                dataOffsets: [offset, end])
            offset = end
        }
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        var json = try encoder.encode(header)
        // Spaces up to a multiple of eight, so that the numbers lie aligned.
        json.append(contentsOf: [UInt8](repeating: 0x20, count: (8 - json.count % 8) % 8))
        var data = Data(capacity: 8 + json.count + offset)
        withUnsafeBytes(of: UInt64(json.count).littleEndian) { data.append(contentsOf: $0) }
        data.append(json)
        for tensor in tensors {
            switch tensor.precision {
            case .f32: tensor.values.withUnsafeBytes { data.append(contentsOf: $0) }
            case .bf16:
                tensor.values.map { BrainFloat16($0).bitPattern.littleEndian }
                    .withUnsafeBytes { data.append(contentsOf: $0) }
            }
        }
        return data
    }
}
