/// The tokens that a cell of a piano-roll grid can hold, and the numbers that stand for them.
///
/// Token 0 is *rest*. In the onset encoding token 1 is *hold* (the note goes on). The pitches follow, lowest first.
public struct Vocabulary: Hashable, Sendable, Codable {
    /// What a cell says of the note that sounds in it.
    public enum Encoding: String, Hashable, Sendable, Codable, CaseIterable {
        /// A cell holds the pitch that sounds there, or rest: repeated notes of one pitch run together.
        case sustain
        /// A cell holds a pitch where a note starts, hold where it goes on, or rest: lossless.
        case onset
    }

    /// What a cell says of the note that sounds in it.
    public let encoding: Encoding
    /// The lowest pitch that has a token, a MIDI key number.
    public let lowestPitch: UInt8
    /// The highest pitch that has a token, a MIDI key number.
    public let highestPitch: UInt8

    /// Creates a vocabulary; every pitch of MIDI has a token unless a range is given.
    ///
    /// - Precondition: `lowestPitch <= highestPitch < 128`.
    public init(encoding: Encoding, lowestPitch: UInt8 = 0, highestPitch: UInt8 = 127) {
        precondition(lowestPitch <= highestPitch && highestPitch < 128, "\(lowestPitch)...\(highestPitch)")
        self.encoding = encoding
        self.lowestPitch = lowestPitch
        self.highestPitch = highestPitch
    }

    /// The token of silence.
    public static let rest: UInt16 = 0

    /// The token of a note that goes on, in the onset encoding.
    public var hold: UInt16? { encoding == .onset ? 1 : nil }

    /// The token of `lowestPitch`; those above it follow in order.
    public var firstPitchToken: UInt16 { encoding == .onset ? 2 : 1 }

    /// How many tokens there are: the `S` of the diffusion's states.
    public var count: Int { Int(firstPitchToken) + Int(highestPitch - lowestPitch) + 1 }

    /// The token of a pitch, or nil if it is out of range.
    public func token(of pitch: UInt8) -> UInt16? {
        guard (lowestPitch...highestPitch).contains(pitch) else { return nil }
        return firstPitchToken + UInt16(pitch - lowestPitch)
    }

    /// The pitch that a token stands for, or nil for rest, hold and numbers that are no token.
    public func pitch(of token: UInt16) -> UInt8? {
        guard token >= firstPitchToken, Int(token) < count else { return nil }
        return lowestPitch + UInt8(token - firstPitchToken)
    }
}
