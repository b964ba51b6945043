import NeuralEngine

/// Where each parameter lies in the flat vector of all of them.
///
/// Matrices are `[in, out]`: a layer computes `y = x matrix + bias` for row vectors x.
public struct ParameterLayout: Hashable, Sendable {
    /// How a parameter starts before training.
    public enum Start: Hashable, Sendable {
        /// Normally distributed with this standard deviation.
        case normal(Float)
        /// All the same.
        case constant(Float)
        /// A convolution kernel that passes its input on: 1 at the middle tap, 0 elsewhere.
        case identityKernel
    }

    /// One parameter.
    public struct Entry: Hashable, Sendable {
        /// The name in the weights file.
        public let name: String
        /// The dimensions, outermost first.
        public let shape: [Int]
        /// The first element's index in the flat vector, a multiple of sixteen.
        public let offset: Int
        /// How it starts.
        public let start: Start
        /// Whether weight decay applies: to matrices, not to gains, biases and embeddings.
        public let decays: Bool

        /// The number of elements.
        public var count: Int { shape.reduce(1, *) }
    }

    /// All parameters in order.
    public private(set) var entries: [Entry] = []
    /// Elements of the flat vector, a multiple of sixteen.
    public private(set) var count = 0
    private var indices: [String: Int] = [:]

    /// Lays out the parameters of a model.
    public init(_ c: TransformerConfiguration) {
        let projection = Start.normal(0.02 / Float(2 * c.layers).squareRoot())
        add("embedding", [c.embeddingRows, c.width], .normal(0.02))
        for block in 0..<c.layers {
            let name = "blocks.\(block)."
            add(name + "norm1.gain", [c.width], .constant(1))
            add(name + "norm1.shift", [c.width], .constant(0))
            if c.convolutionTaps > 0 {
                add(name + "convolution.kernel", [c.convolutionTaps, c.width], .identityKernel)
                add(name + "convolution.bias", [c.width], .constant(0))
            }
            add(name + "qkv.matrix", [c.width, 3 * c.width], .normal(0.02), decays: true)
            add(name + "qkv.bias", [3 * c.width], .constant(0))
            add(name + "out.matrix", [c.width, c.width], projection, decays: true)
            add(name + "out.bias", [c.width], .constant(0))
            add(name + "norm2.gain", [c.width], .constant(1))
            add(name + "norm2.shift", [c.width], .constant(0))
            add(name + "up.matrix", [c.width, c.feedforward], .normal(0.02), decays: true)
            add(name + "up.bias", [c.feedforward], .constant(0))
            add(name + "down.matrix", [c.feedforward, c.width], projection, decays: true)
            add(name + "down.bias", [c.width], .constant(0))
        }
        add("norm.gain", [c.width], .constant(1))
        add("norm.shift", [c.width], .constant(0))
        add("head.matrix", [c.width, c.cellsPerPosition * c.scoreCount], .normal(0.02), decays: true)
        add("head.bias", [c.cellsPerPosition * c.scoreCount], .constant(0))
    }

    private mutating func add(_ name: String, _ shape: [Int], _ start: Start, decays: Bool = false) {
        let entry = Entry(name: name, shape: shape, offset: count, start: start, decays: decays)
        indices[name] = entries.count
        entries.append(entry)
        count += (entry.count + 15) & ~15
    }

    /// The parameter of a name.
    ///
    /// - Precondition: The layout has it.
    public subscript(name: String) -> Entry {
        guard let index = indices[name] else { preconditionFailure("no parameter named \(name)") }
        return entries[index]
    }

    /// The number of parameters, without the gaps between them.
    public var parameterCount: Int { entries.reduce(0) { $0 + $1.count } }

    /// The ranges of the flat vector that weight decay applies to.
    public var decayed: [Range<Int>] {
        entries.filter(\.decays).map { $0.offset..<($0.offset + ($0.count + 15) & ~15) }
    }

    /// The flat vector as it is before training.
    public func initialParameters(using generator: inout some RandomNumberGenerator) -> Buffer {
        let buffer = Buffer(.f32, count: count)
        for entry in entries {
            for i in 0..<entry.count {
                buffer.floats[entry.offset + i] =
                    switch entry.start {
                    case .normal(let deviation): deviation * Float.standardNormal(using: &generator)
                    case .constant(let value): value
                    case .identityKernel: i / entry.shape[1] == entry.shape[0] / 2 ? 1 : 0
                    }
            }
        }
        return buffer
    }
}
