import Glibc

extension OutputFile {
    /// Checks, before any work is done, that a path can be written.
    ///
    /// - Throws: `OutputFileError.cannotCreate`.
    public static func check(_ path: String) throws(OutputFileError) {
        if path == "-" || isDevice(path) { return }
        var status = stat()
        if stat(path, &status) == 0, status.st_mode & S_IFMT == S_IFDIR {
            throw .cannotCreate(path: path, reason: "it is a folder")
        }
        let target = resolved(path)
        let folder =
            target.lastIndex(of: "/").map { $0 == target.startIndex ? "/" : String(target[..<$0]) } ?? "."
        guard stat(folder, &status) == 0 else {
            throw .cannotCreate(path: path, reason: "there is no folder \(folder)")
        }
        guard status.st_mode & S_IFMT == S_IFDIR else {
            throw .cannotCreate(path: path, reason: "\(folder) is not a folder")
        }
        guard access(folder, W_OK) == 0 else {
            throw .cannotCreate(path: path, reason: "the folder may not be written to")
        }
    }

    /// Makes a folder and those above it.
    ///
    /// - Throws: `OutputFileError.cannotCreate`.
    public static func makeFolder(_ path: String) throws(OutputFileError) {
        var status = stat()
        if path.isEmpty || (stat(path, &status) == 0 && status.st_mode & S_IFMT == S_IFDIR) { return }
        if let slash = path.lastIndex(of: "/"), slash != path.startIndex {
            try makeFolder(String(path[..<slash]))
        }
        if path.hasSuffix("/") || mkdir(path, 0o777) == 0 { return }
        let error = errno
        // Someone else may have made it in the meantime.
        if stat(path, &status) == 0, status.st_mode & S_IFMT == S_IFDIR { return }
        throw .cannotCreate(path: path, reason: OutputFileError.message(error))
    }

    /// Whether a path leads to something that is there and is neither a file nor a folder.
    public static func isDevice(_ path: String) -> Bool {
        var status = stat()
        guard stat(path, &status) == 0 else { return false }
        return status.st_mode & S_IFMT != S_IFREG && status.st_mode & S_IFMT != S_IFDIR
    }

    /// Where links lead, also to a place where there is nothing yet.
    static func resolved(_ path: String) -> String {
        var path = path
        // As many links as the system itself follows.
        for _ in 0..<40 {
            var buffer = [CChar](repeating: 0, count: 4_096)
            let length = readlink(path, &buffer, buffer.count)
            guard length > 0 else { break }
            let link = String(decoding: buffer[..<length].map(UInt8.init(bitPattern:)), as: UTF8.self)
            let folder = path.lastIndex(of: "/").map { path[...$0] } ?? ""
            path = link.hasPrefix("/") ? link : folder + link
        }
        return path
    }
}
