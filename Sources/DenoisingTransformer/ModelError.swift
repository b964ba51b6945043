/// What is wrong with a model that was read or asked for.
public enum ModelError: Error, Equatable, CustomStringConvertible, Sendable {
    /// The file cannot be read.
    case unreadable(path: String, reason: String)
    /// The configuration's numbers do not fit together.
    case configuration(String)
    /// The file is not a safetensors file, or is cut off or damaged.
    case malformed(String)
    /// A tensor that the configuration calls for is missing or has another shape.
    case tensor(String)
    /// The file's metadata lacks something or says something unexpected.
    case metadata(String)

    /// One line that says what is wrong.
    public var description: String {
        switch self {
        case .unreadable(let path, let reason): "cannot read the model \(path): \(reason)"
        case .configuration(let fault): "the model's configuration does not make sense: \(fault)"
        case .malformed(let fault): "the model is not a whole safetensors file: \(fault)"
        case .tensor(let fault): "the model's weights do not fit its configuration: \(fault)"
        case .metadata(let fault): "the model's metadata is not pianojys's: \(fault)"
        }
    }
}
