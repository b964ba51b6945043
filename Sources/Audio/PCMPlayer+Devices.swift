import CALSA
import Glibc

extension PCMPlayer {
    /// A playback device that ALSA knows.
    public struct Device: Hashable, Sendable {
        /// What to open it by.
        public var name: String
        /// What it is, in one line, or empty.
        public var description: String
    }

    /// The playback devices that ALSA's configuration names; an empty list if there are none.
    public static func devices() -> [Device] {
        AudioLog.install()
        var hints: UnsafeMutablePointer<UnsafeMutableRawPointer?>?
        guard snd_device_name_hint(-1, "pcm", &hints) >= 0, let hints else { return [] }
        defer { snd_device_name_free_hint(hints) }
        var result: [Device] = []
        var next = hints
        while let hint = next.pointee {
            // Without a direction a device goes both ways.
            if let name = text("NAME", of: hint), (text("IOID", of: hint) ?? "Output") == "Output" {
                let lines = (text("DESC", of: hint) ?? "").split(separator: "\n")
                result.append(Device(name: name, description: lines.joined(separator: ", ")))
            }
            next += 1
        }
        return result
    }

    private static func text(_ name: String, of hint: UnsafeRawPointer) -> String? {
        guard let value = snd_device_name_get_hint(hint, name) else { return nil }
        defer { free(value) }
        return String(cString: value)
    }
}
