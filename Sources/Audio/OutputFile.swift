import CSndFile
import Glibc
import Synchronization

/// A file that appears under its name only when it is complete.
///
/// It is written under a temporary name in the same folder, then renamed; unless `commit` succeeds, `deinit` removes
/// it. libsndfile writes through `operations`, so that the reason of the first failure is not lost in its codecs.
/// There is no fsync: Linux's file systems take the space when they accept a write, and NFS reports at `close`.
final class OutputFile {
    private let path: String
    private let temporaryPath: String
    private var descriptor: Int32
    private var failureCode: Int32 = 0

    private static let serial = Atomic<Int>(0)

    /// Creates the temporary file.
    ///
    /// - Throws: `cannotCreate`, `noSpace`.
    init(path: String) throws(AudioError) {
        self.path = path
        var status = stat()
        if stat(path, &status) == 0, status.st_mode & S_IFMT == S_IFDIR {
            throw .cannotCreate(path: path, reason: "it is a folder")
        }
        let folder = path.lastIndex(of: "/").map { path[...$0] } ?? ""
        var candidate = ""
        descriptor = -1
        repeat {
            let number = Self.serial.add(1, ordering: .relaxed).newValue
            candidate = "\(folder).pianojys-\(getpid())-\(number).part"
            descriptor = open(candidate, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o666)
        } while descriptor < 0 && (errno == EEXIST || errno == EINTR)
        temporaryPath = candidate
        if descriptor < 0 {
            throw Self.isFull(errno)
                ? .noSpace(path: path) : .cannotCreate(path: path, reason: systemMessage(errno))
        }
    }

    deinit {
        guard descriptor >= 0 else { return }
        _ = Glibc.close(descriptor)
        _ = unlink(temporaryPath)
    }

    /// Whether an operation has failed so far.
    var hasFailed: Bool { failureCode != 0 }

    /// The error to throw: what the system said, or else what the codec says.
    func failure(otherwise reason: String) -> AudioError {
        if Self.isFull(failureCode) { return .noSpace(path: path) }
        return .writeFailed(path: path, reason: hasFailed ? systemMessage(failureCode) : reason)
    }

    /// Closes the file and gives it its name.
    ///
    /// - Throws: `noSpace`, `writeFailed`.
    func commit() throws(AudioError) {
        let closed = Glibc.close(descriptor)
        descriptor = -1
        if closed == 0, rename(temporaryPath, path) == 0 { return }
        failureCode = errno
        _ = unlink(temporaryPath)
        throw failure(otherwise: "")
    }

    private static func isFull(_ code: Int32) -> Bool { code == ENOSPC || code == EDQUOT }

    private func note(_ result: Int) -> Int {
        if result < 0, failureCode == 0 { failureCode = errno }
        return result
    }

    private func writeAll(_ bytes: UnsafeRawPointer, _ count: Int) -> Int {
        var done = 0
        while done < count {
            let written = Glibc.write(descriptor, bytes + done, count - done)
            if written < 0, errno == EINTR { continue }
            if note(written) <= 0 { break }
            done += written
        }
        return done
    }

    private func length() -> Int {
        var status = stat()
        return note(Int(fstat(descriptor, &status))) < 0 ? -1 : Int(status.st_size)
    }

    private static func file(_ context: UnsafeMutableRawPointer?) -> OutputFile? {
        context.map { Unmanaged<OutputFile>.fromOpaque($0).takeUnretainedValue() }
    }

    /// What libsndfile calls, with an `OutputFile` as its context.
    static let operations = SF_VIRTUAL_IO(
        get_filelen: { sf_count_t(OutputFile.file($0)?.length() ?? -1) },
        seek: { offset, whence, context in
            guard let file = OutputFile.file(context) else { return -1 }
            return sf_count_t(file.note(lseek(file.descriptor, Int(offset), whence)))
        },
        read: { _, _, _ in 0 },
        write: { bytes, count, context in
            guard let file = OutputFile.file(context), let bytes else { return 0 }
            return sf_count_t(file.writeAll(bytes, Int(count)))
        },
        tell: { context in
            guard let file = OutputFile.file(context) else { return -1 }
            return sf_count_t(file.note(lseek(file.descriptor, 0, SEEK_CUR)))
        })
}
