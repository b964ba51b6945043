import Audio
import Glibc
import OutputFiles
import PianoRoll

/// Sound files, which may be devices and pipes too.
enum SoundFile {
    /// What a sound file of a score says of it: the score's texts, among them what made it and how.
    static func comment(of score: Score) -> String? {
        score.texts.isEmpty ? nil : String(score.texts.joined(separator: "; ").prefix(1_000))
    }

    /// What the ending of a name asks for; of standard output, and of a device without an ending, it is WAV.
    static func format(of path: String) throws -> AudioFile.Format {
        if path == "-" { return .wav }
        if OutputFile.isDevice(path) { return (try? AudioFile.Format(path: path)) ?? .wav }
        return try AudioFile.Format(path: path)
    }

    /// Writes a source and says how loud it was; what is not a file is written to and not replaced, and `-` is standard output.
    static func write(
        _ source: some SampleSource, to path: String, comment: String? = nil, quality: Double? = nil,
        isCancelled: () -> Bool
    ) throws -> Level {
        let meter = LevelMeter(source)
        guard path == "-" || OutputFile.isDevice(path) else {
            try AudioFile.write(
                meter, to: path, comment: comment, quality: quality, isCancelled: isCancelled)
            return meter.level
        }
        // The header holds lengths that are known at the end, so the file is made first and then sent.
        // It lies in a folder that no one else may write to, whose name no one can know before.
        let parent = Console.variable("TMPDIR").flatMap { $0.isEmpty ? nil : $0 } ?? "/tmp"
        var template = Array("\(parent)/pianojys-XXXXXX".utf8CString)
        guard mkdtemp(&template) != nil else {
            throw Failure.cannotCreate(
                "cannot make a folder in \(parent): \(String(cString: strerror(errno)))")
        }
        let folder = String(decoding: template.dropLast().map(UInt8.init(bitPattern:)), as: UTF8.self)
        let temporary = "\(folder)/sound.\(try format(of: path).rawValue)"
        defer {
            unlink(temporary)
            rmdir(folder)
        }
        try AudioFile.write(
            meter, to: temporary, comment: comment, quality: quality, isCancelled: isCancelled)
        try OutputFile.write(try InputFile.bytes(temporary, limit: .max), to: path)
        return meter.level
    }
}
