import CFluidSynth
import Glibc

/// A file of sampled instruments (SoundFont 2 or 3) for the synthesizer.
public struct SoundFont: Hashable, Sendable {
    /// Where the file lies.
    public let path: String

    /// The folders searched when no file is named: Debian's and Ubuntu's, then Fedora's and Arch's.
    public static let usualFolders = [
        "/usr/share/sounds/sf2", "/usr/share/sounds/sf3", "/usr/share/soundfonts",
    ]

    /// The file names looked for in each folder, best first: the system's choice, then the common General MIDI sets.
    public static let usualNames = [
        "default-GM.sf2", "default-GM.sf3", "default.sf2", "default.sf3",
        "FluidR3_GM.sf2", "FluidR3_GM.sf3", "TimGM6mb.sf2",
    ]

    /// Takes the sound font at a path.
    ///
    /// - Throws: `soundFontUnusable` if the file is missing, unreadable or no sound font.
    public init(path: String) throws(AudioError) {
        guard access(path, R_OK) == 0 else {
            throw .soundFontUnusable(path: path, reason: systemMessage(errno))
        }
        AudioLog.install()
        guard fluid_is_soundfont(path) != 0 else {
            throw .soundFontUnusable(path: path, reason: "not a SoundFont 2 or 3 file")
        }
        self.path = path
    }

    /// Finds the sound font to use: the one named, else the environment's, else the first in the usual places.
    ///
    /// - Parameters:
    ///   - explicit: A path given by the user, or nil.
    ///   - environment: The value of `PIANOJYS_SOUNDFONT`, or nil; empty counts as nil.
    ///   - folders: Where to look if neither is given.
    /// - Throws: `soundFontUnusable` if the named file cannot be used (others are not tried then),
    ///   `soundFontNotFound` if none is named and none found.
    public static func locate(
        explicit: String? = nil, environment: String? = nil, folders: [String] = usualFolders
    ) throws(AudioError) -> SoundFont {
        if let explicit { return try SoundFont(path: explicit) }
        if let environment, !environment.isEmpty {
            do throws(AudioError) {
                return try SoundFont(path: environment)
            } catch {
                guard case .soundFontUnusable(let path, let reason) = error else { throw error }
                throw .soundFontUnusable(path: path, reason: "\(reason) (named by PIANOJYS_SOUNDFONT)")
            }
        }
        for folder in folders {
            for name in usualNames {
                if let font = try? SoundFont(path: "\(folder)/\(name)") { return font }
            }
        }
        throw .soundFontNotFound(places: folders)
    }
}

/// The system's words for an error number.
func systemMessage(_ code: Int32) -> String {
    String(cString: strerror(code))
}
