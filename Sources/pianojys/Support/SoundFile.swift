import Audio
import Glibc
import OutputFiles

/// Sound files, which may be devices and pipes too.
enum SoundFile {
    /// Writes a source; what is not a file is written to and not replaced.
    static func write(
        _ source: some SampleSource, to path: String, comment: String? = nil, quality: Double? = nil,
        isCancelled: () -> Bool
    ) throws {
        guard OutputFile.isDevice(path) else {
            try AudioFile.write(
                source, to: path, comment: comment, quality: quality, isCancelled: isCancelled)
            return
        }
        // The header holds lengths that are known at the end, so the file is made first and then sent.
        let folder = Console.variable("TMPDIR") ?? "/tmp"
        let temporary = "\(folder)/pianojys-\(getpid()).\(try AudioFile.Format(path: path).rawValue)"
        defer { unlink(temporary) }
        try AudioFile.write(
            source, to: temporary, comment: comment, quality: quality, isCancelled: isCancelled)
        try OutputFile.write(try InputFile.bytes(temporary), to: path)
    }
}
