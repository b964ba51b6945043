import Glibc

/// Why a file cannot be written.
public enum OutputFileError: Error, Equatable, Sendable, CustomStringConvertible {
    /// It cannot be created.
    case cannotCreate(path: String, reason: String)
    /// The disk, or the quota on it, is full.
    case noSpace(path: String)
    /// The reader of a pipe went away.
    case closedPipe(path: String)
    /// Writing failed for another reason.
    case writeFailed(path: String, reason: String)

    /// One line: what is wrong and where.
    public var description: String {
        switch self {
        case .cannotCreate(let path, let reason): "cannot create \(path): \(reason)"
        case .noSpace(let path): "cannot write \(path): No space left on device; it was not kept"
        case .closedPipe(let path): "cannot write \(path): its reader went away"
        case .writeFailed(let path, let reason): "cannot write \(path): \(reason); it was not kept"
        }
    }

    /// The error of a write that failed with a code of errno.
    static func writing(_ path: String, code: Int32) -> OutputFileError {
        switch code {
        case ENOSPC, EDQUOT: .noSpace(path: path)
        case EPIPE: .closedPipe(path: path)
        default: .writeFailed(path: path, reason: message(code))
        }
    }

    /// What errno says.
    static func message(_ code: Int32) -> String { String(cString: strerror(code)) }
}
