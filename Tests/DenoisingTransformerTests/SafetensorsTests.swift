import DenoisingTransformer
import DiscreteDiffusion
import Foundation
import NeuralEngine
import Testing

@Suite struct SafetensorsTests {
    private let configuration = TransformerConfiguration(
        stateCount: 5, lanes: 2, steps: 8, contextSizes: [3], width: 32, layers: 1, heads: 1,
        feedforward: 32, convolutionTaps: 3)

    /// Writes bytes to a file that lasts as long as the work.
    private func withFile<Result>(_ data: Data, _ work: (String) throws -> Result) throws -> Result {
        let url = FileManager.default.temporaryDirectory.appending(path: "pianojys-\(UUID()).safetensors")
        try data.write(to: url)
        defer { try? FileManager.default.removeItem(at: url) }
        return try work(url.path)
    }

    private func model(seed: UInt64) -> Model {
        var generator = CounterGenerator(seed: seed, for: .training)
        let parameters = ParameterLayout(configuration).initialParameters(using: &generator)
        return Model(configuration: configuration, parameters: parameters, metadata: ["a \"key\"": "ä value"])
    }

    private func file(header: String, numbers: Int = 0) -> Data {
        var data = Data()
        withUnsafeBytes(of: UInt64(header.utf8.count).littleEndian) { data.append(contentsOf: $0) }
        return data + Data(header.utf8) + Data(count: numbers)
    }

    @Test func aModelComesBackWithItsMatricesRounded() throws {
        let model = model(seed: 1)
        let back = try withFile(model.encoded()) { try Model(mapping: $0) }
        #expect(back.configuration == configuration)
        #expect(back.metadata["a \"key\""] == "ä value")
        let (before, after) = (model.parameters().values, back.parameters().values)
        // For products in bf16 they are given as they lie in the file.
        let (rest, operands) = back.weights(for: .bf16)
        let compact = try #require(operands).values
        for entry in ParameterLayout(configuration).entries {
            let places = entry.offset..<entry.offset + entry.count
            let expected = before[places].map { entry.decays ? BrainFloat16($0).float : $0 }
            #expect(Array(after[places]) == expected, "\(entry.name)")
            #expect(Array((entry.decays ? compact : rest.values)[places]) == expected, "\(entry.name)")
        }
    }

    @Test(arguments: ["blocks.0.up.matrix", "norm.gain"])
    func aWeightThatIsNoNumberIsRefused(name: String) throws {
        let model = model(seed: 3)
        let parameters = model.parameters()
        parameters.floats[ParameterLayout(configuration)[name].offset + 1] = .infinity
        #expect(throws: ModelError.self) {
            try withFile(model.encoded()) { try Model(mapping: $0) }
        }
    }

    @Test func everyCutIsRefused() throws {
        let whole = try model(seed: 2).encoded()
        let lengths = Array(0..<64) + stride(from: 64, to: whole.count, by: 97) + [whole.count - 1]
        for length in lengths {
            #expect(throws: ModelError.self) {
                try withFile(whole.prefix(length)) { try Model(mapping: $0) }
            }
        }
    }

    @Test(arguments: [
        "", "{", "[]", "{\"a\": 1}", "{\"a\": {\"dtype\": \"F32\", \"shape\": [2]}}",
        // A type that is not known; a negative, an overflowing shape; offsets beyond the end, reversed, of a wrong length.
        "{\"a\": {\"dtype\": \"I8\", \"shape\": [4], \"data_offsets\": [0, 4]}}",
        "{\"a\": {\"dtype\": \"F32\", \"shape\": [-1], \"data_offsets\": [0, 4]}}",
        "{\"a\": {\"dtype\": \"F32\", \"shape\": [4294967296, 4294967296], \"data_offsets\": [0, 4]}}",
        "{\"a\": {\"dtype\": \"F32\", \"shape\": [4], \"data_offsets\": [0, 16]}}",
        "{\"a\": {\"dtype\": \"F32\", \"shape\": [1], \"data_offsets\": [4, 0]}}",
        "{\"a\": {\"dtype\": \"F32\", \"shape\": [1], \"data_offsets\": [0, 3]}}",
        "{\"a\": {\"dtype\": \"F32\", \"shape\": [1], \"data_offsets\": [9223372036854775807, -1]}}",
    ])
    func aBadHeaderIsRefused(header: String) throws {
        #expect(throws: ModelError.self) {
            try withFile(file(header: header, numbers: 8)) { try Safetensors(mapping: $0) }
        }
    }

    @Test func aHeaderLongerThanTheFileIsRefused() throws {
        for length in [UInt64.max, 1 << 62, 1_000, 0, 1] {
            var data = Data()
            withUnsafeBytes(of: length.littleEndian) { data.append(contentsOf: $0) }
            #expect(throws: ModelError.self) {
                try withFile(data + Data("{}".utf8)) { try Safetensors(mapping: $0) }
            }
        }
    }

    /// The configuration may ask for a terabyte: without the tensors that belong to it there is no room made.
    @Test func aHugeConfigurationWithoutItsTensorsIsRefused() throws {
        let huge = TransformerConfiguration(
            stateCount: 5, lanes: 2, steps: 8, width: 8_192, layers: 256, heads: 256)
        let json = String(decoding: try JSONEncoder().encode(huge), as: UTF8.self)
        let data = try Safetensors.encode([], metadata: [Model.configurationKey: json])
        #expect(throws: ModelError.tensor("there is no embedding")) {
            try withFile(data) { try Model(mapping: $0) }
        }
    }

    @Test func bytesChangedAtRandomNeverTrap() throws {
        let whole = try model(seed: 3).encoded()
        var generator = CounterGenerator(seed: 17)
        for _ in 0..<300 {
            var data = whole
            for _ in 0..<1 + generator.drawIndex(below: 4) {
                // Mostly in the header, where changes say something.
                let limit = generator.drawIndex(below: 4) == 0 ? data.count : 1_500
                data[generator.drawIndex(below: limit)] = UInt8(generator.drawIndex(below: 256))
            }
            _ = try withFile(data) { path in try? Model(mapping: path) }
        }
    }
}
