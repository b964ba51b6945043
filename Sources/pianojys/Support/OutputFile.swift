import FoundationEssentials
import Glibc

/// Files as the commands write them: complete or not at all.
///
/// A file is written under a temporary name in its folder and renamed. A device or a pipe is written to and never
/// replaced; `-` is standard output.
enum OutputFile {
    /// Writes bytes to a path.
    ///
    /// - Throws: `Failure.cannotCreate`, `.cannotWrite`.
    static func write(_ bytes: some ContiguousBytes, to path: String) throws {
        if path == "-" {
            try write(bytes, to: STDOUT_FILENO, name: "standard output")
            return
        }
        if isDevice(path) {
            let descriptor = open(path, O_WRONLY | O_CLOEXEC)
            guard descriptor >= 0 else { throw Failure.cannotCreate("cannot write to \(path): \(message())") }
            defer { close(descriptor) }
            try write(bytes, to: descriptor, name: path)
            return
        }
        let target = resolved(path)
        let temporary = target + ".\(getpid()).part"
        let descriptor = open(temporary, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o666)
        guard descriptor >= 0 else { throw Failure.cannotCreate("cannot create \(path): \(message())") }
        do {
            try write(bytes, to: descriptor, name: path)
        } catch {
            close(descriptor)
            unlink(temporary)
            throw error
        }
        guard close(descriptor) == 0, rename(temporary, target) == 0 else {
            let reason = message()
            unlink(temporary)
            throw Failure.cannotWrite("cannot write \(path): \(reason); nothing was kept")
        }
    }

    /// Checks, before any work is done, that a path can be written.
    ///
    /// - Throws: `Failure.cannotCreate`.
    static func check(_ path: String) throws {
        if path == "-" || isDevice(path) { return }
        var status = stat()
        if stat(path, &status) == 0, status.st_mode & S_IFMT == S_IFDIR {
            throw Failure.cannotCreate("cannot create \(path): it is a folder")
        }
        let folder = path.lastIndex(of: "/").map { $0 == path.startIndex ? "/" : String(path[..<$0]) } ?? "."
        guard stat(folder, &status) == 0 else {
            throw Failure.cannotCreate("cannot create \(path): there is no folder \(folder)")
        }
        guard access(folder, W_OK) == 0 else {
            throw Failure.cannotCreate("cannot create \(path): the folder may not be written to")
        }
    }

    /// Makes a folder and those above it.
    ///
    /// - Throws: `Failure.cannotCreate`.
    static func makeFolder(_ path: String) throws {
        var status = stat()
        if path.isEmpty || (stat(path, &status) == 0 && status.st_mode & S_IFMT == S_IFDIR) { return }
        if let slash = path.lastIndex(of: "/"), slash != path.startIndex {
            try makeFolder(String(path[..<slash]))
        }
        guard path.hasSuffix("/") || mkdir(path, 0o777) == 0 || errno == EEXIST else {
            throw Failure.cannotCreate("\(path): cannot make this folder: \(message())")
        }
    }

    /// Whether a path leads to something that is there and is neither a file nor a folder.
    static func isDevice(_ path: String) -> Bool {
        var status = stat()
        guard stat(path, &status) == 0 else { return false }
        return status.st_mode & S_IFMT != S_IFREG && status.st_mode & S_IFMT != S_IFDIR
    }

    /// Where links lead, so that the file is replaced and not the link.
    private static func resolved(_ path: String) -> String {
        guard let real = realpath(path, nil) else { return path }
        defer { free(real) }
        return String(cString: real)
    }

    private static func write(
        _ bytes: some ContiguousBytes, to descriptor: Int32, name: String
    ) throws {
        try bytes.withUnsafeBytes { buffer in
            var done = 0
            while done < buffer.count {
                let written = Glibc.write(
                    descriptor, buffer.baseAddress.map { $0 + done }, buffer.count - done)
                if written < 0 {
                    if errno == EINTR { continue }
                    throw Failure.cannotWrite("cannot write \(name): \(message()); nothing was kept")
                }
                done += written
            }
        }
    }

    private static func message() -> String { String(cString: strerror(errno)) }
}
