import FoundationEssentials
import Glibc
import Synchronization

/// A folder whose files appear together, when all of them are complete.
///
/// They are written to a hidden folder: beside the one to come, which `commit` gives its name; or within one that is there,
/// into which `commit` moves them. Unless that succeeds, `deinit` removes them.
public final class OutputFolder {
    private let path: String
    private let target: String
    private let isNew: Bool
    private var isCommitted = false

    /// Where the files stand until they are complete.
    public let temporaryPath: String

    /// How the names of temporary files and folders begin; a program that was killed leaves them behind.
    public static let temporaryPrefix = ".pianojys-"

    private static let serial = Atomic<Int>(0)
    /// The temporary folders of the process.
    private static let pending = Mutex<Set<String>>([])

    /// Creates the temporary folder.
    ///
    /// - Throws: `OutputFileError`.
    public init(path: String) throws(OutputFileError) {
        try Self.check(path)
        self.path = path
        let target = Self.target(of: path)
        self.target = target
        isNew = !Self.isFolder(target)
        let parent = isNew ? target.lastIndex(of: "/").map { target[...$0] } ?? "" : target + "/"
        var candidate = ""
        repeat {
            let number = Self.serial.add(1, ordering: .relaxed).newValue
            candidate = "\(parent)\(Self.temporaryPrefix)\(getpid())-\(number).parts"
            if mkdir(candidate, 0o777) == 0 { break }
            let code = errno
            guard code == EEXIST || code == EINTR else {
                throw code == ENOSPC || code == EDQUOT
                    ? .noSpace(path: path) : .cannotCreate(path: path, reason: OutputFileError.message(code))
            }
        } while true
        temporaryPath = candidate
        Self.pending.withLock { _ = $0.insert(candidate) }
    }

    deinit {
        if !isCommitted { Self.remove(temporaryPath) }
        Self.pending.withLock { _ = $0.remove(temporaryPath) }
    }

    /// Checks, before any work is done, that files can be written to a folder, there or to come.
    ///
    /// - Throws: `OutputFileError.cannotCreate`.
    public static func check(_ path: String) throws(OutputFileError) {
        let target = target(of: path)
        guard isFolder(target) else {
            guard !path.isEmpty, access(target, F_OK) != 0 else {
                throw .cannotCreate(path: path, reason: "it is not a folder")
            }
            return try OutputFile.check(target)
        }
        guard access(target, W_OK | X_OK) == 0 else {
            throw .cannotCreate(path: path, reason: "the folder may not be written to")
        }
    }

    /// Where a file of the folder is to be written.
    public func path(of name: String) -> String { "\(temporaryPath)/\(name)" }

    /// Gives the folder its name, or moves the files into the one that is there, in place of those of the same names.
    ///
    /// - Parameters:
    ///   - last: The file that is moved last: where it is, all others are.
    ///   - old: Files of a folder that is there which are not to stay.
    /// - Throws: `OutputFileError`.
    public func commit(last: String, removing old: Set<String> = []) throws(OutputFileError) {
        if isNew {
            guard rename(temporaryPath, target) == 0 else { throw .writing(path, code: errno) }
            isCommitted = true
            return
        }
        let names = Self.names(in: temporaryPath).filter { $0 != last }.sorted() + [last]
        for name in names where rename("\(temporaryPath)/\(name)", "\(target)/\(name)") != 0 {
            throw .writing("\(path)/\(name)", code: errno)
        }
        for name in old.subtracting(names) { _ = unlink("\(target)/\(name)") }
        _ = rmdir(temporaryPath)
        isCommitted = true
    }

    /// Removes all folders of the process that are not complete, for a program that is about to end at once.
    public static func discardAll() {
        for path in pending.withLock({ $0 }) { remove(path) }
    }

    /// The path that links lead to, without a slash at its end.
    private static func target(of path: String) -> String {
        var path = path
        while path.count > 1, path.hasSuffix("/") { path.removeLast() }
        return OutputFile.resolved(path)
    }

    private static func isFolder(_ path: String) -> Bool {
        var status = stat()
        return stat(path, &status) == 0 && status.st_mode & S_IFMT == S_IFDIR
    }

    private static func names(in folder: String) -> [String] {
        (try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? []
    }

    /// Removes a folder of files.
    private static func remove(_ folder: String) {
        for name in names(in: folder) { _ = unlink("\(folder)/\(name)") }
        _ = rmdir(folder)
    }
}
