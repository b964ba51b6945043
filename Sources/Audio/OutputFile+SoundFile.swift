import CSndFile
import OutputFiles

/// How libsndfile writes through an `OutputFile`, so that the reason of the first failure is not lost in its codecs.
extension OutputFile {
    private static func file(_ context: UnsafeMutableRawPointer?) -> OutputFile? {
        context.map { Unmanaged<OutputFile>.fromOpaque($0).takeUnretainedValue() }
    }

    /// What libsndfile calls, with an `OutputFile` as its context.
    static let soundFileOperations = SF_VIRTUAL_IO(
        get_filelen: { sf_count_t(OutputFile.file($0)?.length ?? -1) },
        seek: { offset, whence, context in
            sf_count_t(OutputFile.file(context)?.seek(Int(offset), whence) ?? -1)
        },
        read: { _, _, _ in 0 },
        write: { bytes, count, context in
            guard let file = OutputFile.file(context), let bytes else { return 0 }
            return sf_count_t(file.write(bytes, count: Int(count)))
        },
        tell: { context in sf_count_t(OutputFile.file(context)?.seek(0, Int32(SEEK_CUR)) ?? -1) })
}

extension AudioError {
    /// The same said of a sound file.
    init(_ error: OutputFileError) {
        switch error {
        case .cannotCreate(let path, let reason): self = .cannotCreate(path: path, reason: reason)
        case .noSpace(let path): self = .noSpace(path: path)
        case .closedPipe(let path): self = .writeFailed(path: path, reason: "its reader went away")
        case .writeFailed(let path, let reason): self = .writeFailed(path: path, reason: reason)
        }
    }
}
