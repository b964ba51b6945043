import Glibc
import Synchronization

/// A file that appears under its name only when it is complete.
///
/// It is written under a temporary name in the same folder, then renamed; unless `commit` succeeds, `deinit` removes it. A
/// link is followed: what it leads to is replaced, and the link stays. There is no fsync: Linux's file systems take the space
/// when they accept a write, and NFS reports at `close`.
public final class OutputFile {
    private let path: String
    private let target: String
    private let temporaryPath: String
    private var descriptor: Int32
    private var failureCode: Int32 = 0

    private static let serial = Atomic<Int>(0)
    /// The temporary files of the process.
    private static let pending = Mutex<Set<String>>([])

    /// Creates the temporary file.
    ///
    /// - Throws: `OutputFileError`.
    public init(path: String) throws(OutputFileError) {
        self.path = path
        let target = Self.resolved(path)
        try Self.check(path)
        var status = stat()
        if lstat(target, &status) == 0, status.st_mode & S_IFMT == S_IFLNK {
            throw .cannotCreate(path: path, reason: OutputFileError.message(ELOOP))
        }
        self.target = target
        let folder = target.lastIndex(of: "/").map { target[...$0] } ?? ""
        var candidate = ""
        descriptor = -1
        repeat {
            let number = Self.serial.add(1, ordering: .relaxed).newValue
            candidate = "\(folder).pianojys-\(getpid())-\(number).part"
            descriptor = open(candidate, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o666)
        } while descriptor < 0 && (errno == EEXIST || errno == EINTR)
        temporaryPath = candidate
        if descriptor < 0 {
            let code = errno
            throw code == ENOSPC || code == EDQUOT
                ? .noSpace(path: path) : .cannotCreate(path: path, reason: OutputFileError.message(code))
        }
        Self.pending.withLock { _ = $0.insert(candidate) }
    }

    deinit {
        guard descriptor >= 0 else { return }
        _ = Glibc.close(descriptor)
        discard()
    }

    private func discard() {
        _ = unlink(temporaryPath)
        Self.pending.withLock { _ = $0.remove(temporaryPath) }
    }

    /// Removes all files of the process that are not complete, for a program that is about to end at once.
    public static func discardAll() {
        for path in pending.withLock({ $0 }) { _ = unlink(path) }
    }

    /// Whether an operation has failed so far.
    public var hasFailed: Bool { failureCode != 0 }

    /// The error to throw: what the system said, or else what the writer says.
    public func failure(otherwise reason: String) -> OutputFileError {
        hasFailed ? .writing(path, code: failureCode) : .writeFailed(path: path, reason: reason)
    }

    /// Writes bytes where the file stands, all of them unless the system refuses; says how many.
    public func write(_ bytes: UnsafeRawPointer, count: Int) -> Int {
        var done = 0
        while done < count {
            let written = Glibc.write(descriptor, bytes + done, count - done)
            if written < 0, errno == EINTR { continue }
            if note(written) <= 0 { break }
            done += written
        }
        return done
    }

    /// Moves to a place in the file, as `lseek` does, and says where that is.
    public func seek(_ offset: Int, _ whence: Int32) -> Int { note(lseek(descriptor, offset, whence)) }

    /// The bytes written so far; -1 if the system does not say.
    public var length: Int {
        var status = stat()
        return note(Int(fstat(descriptor, &status))) < 0 ? -1 : Int(status.st_size)
    }

    private func note(_ result: Int) -> Int {
        if result < 0, failureCode == 0 { failureCode = errno }
        return result
    }

    /// Closes the file and gives it its name.
    ///
    /// - Throws: `OutputFileError`.
    public func commit() throws(OutputFileError) {
        let closed = Glibc.close(descriptor)
        descriptor = -1
        if closed == 0, rename(temporaryPath, target) == 0 {
            Self.pending.withLock { _ = $0.remove(temporaryPath) }
            return
        }
        failureCode = errno
        discard()
        throw failure(otherwise: "")
    }
}
