import Audio
import Glibc
import PianoRoll

/// A folder of its own for a test's files, removed at the end.
final class TemporaryFolder {
    let path: String

    init() {
        var template = Array("/tmp/pianojys-audio-XXXXXX".utf8CString)
        path = mkdtemp(&template).map { String(cString: $0) } ?? "/tmp"
    }

    deinit {
        for name in contents { unlink("\(path)/\(name)") }
        rmdir(path)
    }

    /// Does something with a folder, which is removed afterwards.
    static func with<Result>(_ body: (TemporaryFolder) throws -> Result) rethrows -> Result {
        let folder = TemporaryFolder()
        return try withExtendedLifetime(folder) { try body(folder) }
    }

    /// The names of the files in it, in order.
    var contents: [String] {
        guard let folder = opendir(path) else { return [] }
        defer { closedir(folder) }
        var names: [String] = []
        while let entry = readdir(folder) {
            let name = withUnsafePointer(to: &entry.pointee.d_name) {
                $0.withMemoryRebound(to: CChar.self, capacity: 256) { String(cString: $0) }
            }
            if name != "." && name != ".." { names.append(name) }
        }
        return names.sorted()
    }
}

/// All bytes of a file; empty if it cannot be read.
func bytes(ofFile path: String) -> [UInt8] {
    guard let file = fopen(path, "rb") else { return [] }
    defer { fclose(file) }
    var result: [UInt8] = []
    var buffer = [UInt8](repeating: 0, count: 65_536)
    while true {
        let count = fread(&buffer, 1, buffer.count, file)
        if count == 0 { return result }
        result.append(contentsOf: buffer[..<count])
    }
}

/// Little-endian 16-bit samples from bytes.
func samples16(_ bytes: some Collection<UInt8>) -> [Int16] {
    let bytes = Array(bytes)
    return (0..<bytes.count / 2).map {
        Int16(bitPattern: UInt16(bytes[2 * $0]) | UInt16(bytes[2 * $0 + 1]) << 8)
    }
}

extension Score {
    /// Two bars of four voices in quarters at 120: 4 seconds, each voice on its own track and channel.
    static let twoBars = Score(
        ticksPerQuarter: 480,
        tracks: (0..<4).map { Track(name: "voice \($0)", program: 0) },
        notes: (0..<8).flatMap { beat in
            [72, 67, 64, 48].enumerated().map { voice, pitch in
                Note(
                    pitch: UInt8(pitch + beat % 5), channel: UInt8(voice), track: voice,
                    startTick: beat * 480,
                    endTick: (beat + 1) * 480)
            }
        })
}

/// A source that yields a wave of a fixed length, cheaply.
final class Tone: SampleSource {
    let sampleRate: Int
    private var left: Int

    init(frames: Int, sampleRate: Int = 44_100) {
        self.sampleRate = sampleRate
        left = frames
    }

    func read(into buffer: inout MutableSpan<Float>) -> Int {
        let frames = min(left, buffer.count / 2)
        for frame in 0..<frames {
            let value = Float(((left - frame) * 37) % 1_000) / 1_000 - 0.5
            buffer[2 * frame] = value
            buffer[2 * frame + 1] = -value
        }
        left -= frames
        return frames
    }
}
