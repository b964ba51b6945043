import PianoRoll

/// Why a task cannot be set or carried out.
public enum CompositionError: Error, Hashable, Sendable, CustomStringConvertible {
    /// The task's grid has other tokens or lanes than the model.
    case mismatch
    /// No voice is called so; the names there are follow.
    case unknownVoice(String, known: [String])
    /// Bars that the piece has not got.
    case noSuchBars(first: Int, last: Int, available: Int)
    /// A kept note that the model has no token for; bars count from 1.
    case outOfRange(pitch: UInt8, bar: Int, voice: String, lowest: UInt8, highest: UInt8)
    /// The piece has fewer voices than the model's lanes, and not as many as are kept, if some are.
    case voiceCount(found: Int, lanes: Int, kept: Int?)
    /// The file has no notes.
    case noNotes
    /// As many bars are given as there are to be, or more.
    case nothingAfter(bars: Int, total: Int)
    /// Nothing is left to compose.
    case nothingFree
    /// Every voice is to be kept.
    case keepsEverything

    /// One line that says what is wrong and what to do.
    public var description: String {
        switch self {
        case .mismatch: "the piece is not in the model's tokens"
        case .unknownVoice(let name, let known):
            "no voice is called '\(name)'; there are \(known.joined(separator: ", "))"
        case .noSuchBars(let first, let last, let available):
            "\(first == last ? "bar \(first) is" : "bars \(first)-\(last) are") not in the piece: it has bars 1-\(available)"
        case .outOfRange(let pitch, let bar, let voice, let lowest, let highest):
            "\(TokenGrid.name(ofPitch: pitch)) in bar \(bar) of the \(voice) is out of the model's range, "
                + "\(TokenGrid.name(ofPitch: lowest)) to \(TokenGrid.name(ofPitch: highest)); transpose the piece (--transpose)"
        case .voiceCount(let found, let lanes, nil):
            "the piece has \(Self.voices(found)), a track or a line each, and the model \(lanes): it has to have them all; compose the others to it first"
        case .voiceCount(let found, let lanes, let kept?):
            "the piece has \(Self.voices(found)), a track or a line each, and \(kept) \(kept == 1 ? "is" : "are") to be kept: "
                + "it has to have the kept ones alone, or all \(lanes) of the model; keep \(found)"
                + (found > kept ? ", or take the others out of the piece" : "")
        case .noNotes: "there are no notes in it, drums left aside"
        case .nothingAfter(let bars, let total):
            "\(bars) \(bars == 1 ? "bar is" : "bars are") given of a piece of \(total): nothing is left to compose; ask for more bars"
        case .nothingFree: "nothing is left to compose"
        case .keepsEverything: "all voices are kept; leave one to compose"
        }
    }

    private static func voices(_ count: Int) -> String { "\(count) \(count == 1 ? "voice" : "voices")" }
}
