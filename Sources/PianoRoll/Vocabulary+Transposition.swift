extension Vocabulary {
    /// The token of a pitch so many semitones higher, nil if there is none; numbers that stand for no pitch stay as they are.
    public func transposed(_ token: UInt16, by semitones: Int) -> UInt16? {
        guard let pitch = pitch(of: token) else { return token }
        return UInt8(exactly: Int(pitch) + semitones).flatMap(self.token(of:))
    }
}
