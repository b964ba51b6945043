import FoundationEssentials
import Glibc

extension OutputFile {
    /// Writes bytes to a path: a file whole or not at all; a device or a pipe is written to and never replaced; `-` is standard
    /// output.
    ///
    /// - Throws: `OutputFileError`.
    public static func write(_ bytes: some ContiguousBytes, to path: String) throws(OutputFileError) {
        if path == "-" { return try write(bytes, to: STDOUT_FILENO, named: "standard output") }
        if isDevice(path) {
            let descriptor = open(path, O_WRONLY | O_CLOEXEC)
            guard descriptor >= 0 else {
                throw .cannotCreate(path: path, reason: OutputFileError.message(errno))
            }
            defer { close(descriptor) }
            return try write(bytes, to: descriptor, named: path)
        }
        let file = try OutputFile(path: path)
        let isWhole = bytes.withUnsafeBytes { buffer in
            buffer.baseAddress.map { file.write($0, count: buffer.count) == buffer.count } ?? true
        }
        guard isWhole else { throw file.failure(otherwise: "it took no more bytes") }
        try file.commit()
    }

    private static func write(
        _ bytes: some ContiguousBytes, to descriptor: Int32, named name: String
    ) throws(OutputFileError) {
        let code = bytes.withUnsafeBytes { buffer -> Int32 in
            var done = 0
            while done < buffer.count {
                let written = Glibc.write(
                    descriptor, buffer.baseAddress.map { $0 + done }, buffer.count - done)
                if written < 0, errno != EINTR { return errno }
                done += max(0, written)
            }
            return 0
        }
        if code != 0 { throw .writing(name, code: code) }
    }
}
