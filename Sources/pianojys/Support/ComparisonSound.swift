import Audio
import FoundationEssentials
import MIDIFile
import PianoRoll

/// The sound of a comparison's pieces, all with one gain.
struct ComparisonSound {
    let options: SoundOptions
    let font: SoundFont
    /// Whether the loudest piece is brought to a decibel below full scale, or only kept from more than that being clipped.
    let isNormalized: Bool
    let sampleRate: Int
    let quality: Double

    /// A decibel below full scale, as `render --normalize` has it.
    private static let level = 0.89

    init(options: SoundOptions, isNormalized: Bool, sampleRate: Int, quality: Double) throws {
        self.options = options
        self.isNormalized = isNormalized
        self.sampleRate = sampleRate
        self.quality = quality
        font = try SoundFont.locate(
            explicit: options.soundfont, environment: Console.variable("PIANOJYS_SOUNDFONT"))
    }

    /// The file that the sound font's name leads to.
    var fontName: String {
        URL(fileURLWithPath: font.path).resolvingSymlinksInPath().lastPathComponent
    }

    /// The gain for all pieces, found from the loudest.
    ///
    /// - Parameter pieces: MIDI files.
    func gain(_ pieces: [[UInt8]], isCancelled: () -> Bool, progress: (Double) -> Void) throws -> Double {
        var peak: Float = 0
        for (index, midi) in pieces.enumerated() {
            peak = max(
                peak, try renderer(midi, gain: options.gain).peak(isCancelled: isCancelled))
            progress(Double(index + 1) / Double(pieces.count))
        }
        guard peak > 0, isNormalized || peak > 1 else { return options.gain }
        let gain = options.gain * Self.level / Double(peak)
        // Down to a thousandth, which can be typed.
        return min(10, (gain * 1_000).rounded(.down) / 1_000)
    }

    /// Writes a piece as Ogg Vorbis.
    func write(_ midi: [UInt8], gain: Double, to path: String, isCancelled: () -> Bool) throws {
        let score = try score(midi)
        try AudioFile.write(
            try renderer(midi, gain: gain), to: path, comment: SoundFile.comment(of: score), quality: quality,
            isCancelled: isCancelled)
    }

    /// The command that renders a piece so.
    func command(gain: Double, midi: String, ogg: String) -> String {
        ShellCommand.text(
            ["pianojys", "render", "--gain", "\(gain)"] + (options.dry ? ["--dry"] : [])
                + (options.soundfont.map { ["--soundfont", $0] } ?? [])
                + ["--rate", "\(sampleRate)", "--quality", "\(quality)", midi, ogg])
    }

    /// What is heard is what stands in the file.
    private func score(_ midi: [UInt8]) throws -> Score { try Score(MIDIFile(decoding: midi)) }

    private func renderer(_ midi: [UInt8], gain: Double) throws -> Renderer {
        var options = options
        options.gain = gain
        return try options.renderer(try score(midi), sampleRate: sampleRate)
    }
}
