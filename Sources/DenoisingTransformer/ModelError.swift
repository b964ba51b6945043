/// What is wrong with a model that was read or asked for.
public enum ModelError: Error, Equatable, CustomStringConvertible, Sendable {
    /// The configuration's numbers do not fit together.
    case configuration(String)
    /// The file is not a safetensors file, or is cut off or damaged.
    case malformed(String)
    /// A tensor that the configuration calls for is missing or has another shape.
    case tensor(String)

    public var description: String {
        switch self {
        case .configuration(let fault): "the model's configuration does not make sense: \(fault)"
        case .malformed(let fault): "not a whole safetensors file: \(fault)"
        case .tensor(let fault): "the model's weights do not fit its configuration: \(fault)"
        }
    }
}
