import Audio
import MIDIFile
import OutputFiles
import PianoRoll

/// A piece with all that can be written of it, by the ending of the name.
struct Take {
    /// What can be written, by the endings that ask for it.
    enum Format: String, CaseIterable {
        case mid, midi, wav, flac, ogg, svg, json

        /// What the ending of a name asks for; of standard output and devices, which have none, what is said.
        init(path: String, otherwise usual: Format = .mid) throws {
            let name = path.split(separator: "/").last ?? ""
            let ending = name.lastIndex(of: ".").map { name[$0...].dropFirst().lowercased() } ?? ""
            if let format = Format(rawValue: ending) {
                self = format
            } else if path == "-" || OutputFile.isDevice(path) {
                self = usual
            } else {
                throw Failure.usage("\(path): end the name in .mid, .wav, .flac, .ogg, .svg or .json")
            }
        }

        var isSound: Bool { self == .wav || self == .flac || self == .ogg }
    }

    let grid: TokenGrid
    let score: Score
    let info: [String: String]
    let title: String

    /// Writes one file, and says how loud it is.
    @discardableResult
    func write(to path: String, sound: SoundOptions, isCancelled: () -> Bool) throws -> Level {
        switch try Format(path: path) {
        case .mid, .midi:
            try OutputFile.write(try MIDIFile(score: score).encoded(), to: path)
        case .json:
            let document = GridDocument(grid: grid, info: info, performance: score.performance(of: grid))
            try OutputFile.write(Array(document.json().utf8), to: path)
        case .svg:
            try OutputFile.write(Array(grid.svg(.init(title: title)).utf8), to: path)
        case .wav, .flac, .ogg:
            let renderer = try sound.renderer(score, sampleRate: 44_100)
            return try SoundFile.write(renderer, to: path, comment: title, isCancelled: isCancelled)
        }
        return Level()
    }
}
