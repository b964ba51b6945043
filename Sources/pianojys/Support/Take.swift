import Audio
import MIDIFile
import PianoRoll

/// A piece with all that can be written of it, by the ending of the name.
struct Take {
    /// What can be written, by the endings that ask for it.
    enum Format: String, CaseIterable {
        case mid, midi, wav, flac, ogg, svg, json

        init(path: String) throws {
            if path == "-" || OutputFile.isDevice(path) {
                self = .mid
                return
            }
            let name = path.split(separator: "/").last ?? ""
            let ending = name.lastIndex(of: ".").map { name[$0...].dropFirst().lowercased() } ?? ""
            guard let format = Format(rawValue: ending) else {
                throw Failure.usage("\(path): end the name in .mid, .wav, .flac, .ogg, .svg or .json")
            }
            self = format
        }

        var isSound: Bool { self == .wav || self == .flac || self == .ogg }
    }

    let grid: TokenGrid
    let score: Score
    let info: [String: String]
    let title: String

    /// Writes one file.
    func write(to path: String, sound: SoundOptions, isCancelled: () -> Bool) throws {
        switch try Format(path: path) {
        case .mid, .midi:
            try OutputFile.write(try MIDIFile(score: score).encoded(), to: path)
        case .json:
            try OutputFile.write(Array(GridDocument(grid: grid, info: info).json().utf8), to: path)
        case .svg:
            try OutputFile.write(Array(grid.svg(.init(title: title)).utf8), to: path)
        case .wav, .flac, .ogg:
            let renderer = try sound.renderer(score, sampleRate: 44_100)
            try AudioFile.write(renderer, to: path, comment: title, isCancelled: isCancelled)
        }
    }
}
