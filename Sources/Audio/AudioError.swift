/// What can go wrong between a score and the loudspeaker or the sound file.
public enum AudioError: Error, Equatable, Sendable {
    /// No sound font was named and none lies in the usual folders, which are listed.
    case soundFontNotFound(places: [String])
    /// The sound font asked for is not there, cannot be read or is not a sound font.
    case soundFontUnusable(path: String, reason: String)
    /// FluidSynth refused something.
    case synthesizerFailed(operation: String, reason: String)
    /// The score lasts longer than can be rendered.
    case scoreTooLong(seconds: Double, limit: Double)
    /// A setting lies outside its range.
    case settingOutOfRange(name: String, value: Double, lowest: Double, highest: Double)
    /// The file's ending names no format that can be written.
    case unknownFileEnding(path: String)
    /// The output file cannot be created.
    case cannotCreate(path: String, reason: String)
    /// The disk, or the quota on it, is full.
    case noSpace(path: String)
    /// Writing failed for a reason other than a full disk.
    case writeFailed(path: String, reason: String)
    /// The work was cancelled before it was complete.
    case cancelled
    /// There is no such sound device, or it cannot be opened now.
    case deviceUnavailable(name: String, reason: String)
    /// The sound device cannot play what is asked of it.
    case deviceRefused(name: String, what: String, reason: String)
    /// The sound device went away while playing.
    case deviceLost(name: String)
    /// Playing failed for another reason.
    case playbackFailed(name: String, operation: String, reason: String)
    /// ALSA's sequencer cannot be opened.
    case sequencerUnavailable(reason: String)
    /// There is no such sequencer port, or it takes no connection.
    case portUnavailable(name: String, reason: String)
    /// The sequencer took no more events.
    case portFailed(name: String, reason: String)
}

extension AudioError: CustomStringConvertible {
    /// One line: what is wrong, where, and what to do.
    public var description: String {
        switch self {
        case .soundFontNotFound(let places):
            "no sound font found (looked in \(places.joined(separator: ", "))); "
                + "install one (apt install timgm6mb-soundfont) or name one with --soundfont FILE"
        case .soundFontUnusable(let path, let reason):
            "cannot use the sound font '\(path)': \(reason)"
        case .synthesizerFailed(let operation, let reason):
            "FluidSynth cannot \(operation): \(reason)"
        case .scoreTooLong(let seconds, let limit):
            "the score lasts \(Self.hours(seconds)) hours; at most \(Self.hours(limit)) can be rendered"
        case .settingOutOfRange(let name, let value, let lowest, let highest):
            "\(name) is \(Self.plain(value)); it must be from \(Self.plain(lowest)) to \(Self.plain(highest))"
        case .unknownFileEnding(let path):
            "cannot tell the sound format of '\(path)'; end the name in .wav, .flac or .ogg"
        case .cannotCreate(let path, let reason):
            "cannot create '\(path)': \(reason)"
        case .noSpace(let path):
            "cannot write '\(path)': no space left on the device; it was not kept"
        case .writeFailed(let path, let reason):
            "cannot write '\(path)': \(reason); it was not kept"
        case .cancelled:
            "cancelled"
        case .deviceUnavailable(let name, let reason):
            "cannot open the audio device '\(name)': \(reason); `pianojys play --list-devices` shows what there is, "
                + "`pianojys render IN.mid OUT.wav` writes a file instead"
        case .deviceRefused(let name, let what, let reason):
            "the audio device '\(name)' refuses \(what): \(reason); "
                + "try --device plughw:0 or --device default"
        case .deviceLost(let name):
            "the audio device '\(name)' went away while playing, or the sound server behind it"
        case .playbackFailed(let name, let operation, let reason):
            "the audio device '\(name)' failed to \(operation): \(reason)"
        case .sequencerUnavailable(let reason):
            "cannot open ALSA's sequencer, /dev/snd/seq: \(reason); `modprobe snd-seq` as root makes it where the system has "
                + "it, `pianojys play IN.mid` without --port plays sound instead"
        case .portUnavailable(let name, let reason):
            "cannot connect to the sequencer port '\(name)': \(reason); `aconnect -o` lists those there are"
        case .portFailed(let name, let reason):
            "the sequencer port '\(name)' took no more notes: \(reason)"
        }
    }

    private static func plain(_ value: Double) -> String {
        Int(exactly: value).map(String.init) ?? String(value)
    }

    private static func hours(_ seconds: Double) -> Double { (seconds / 360).rounded(.up) / 10 }
}
