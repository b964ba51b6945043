extension Score {
    /// The score so many semitones higher, its keys with it and its drums as they are; nil if a note leaves 0...127, and beyond 127
    /// semitones up or down.
    public func transposed(by semitones: Int) -> Score? {
        guard (-127...127).contains(semitones) else { return nil }
        var result = self
        for index in notes.indices where notes[index].channel != 9 {
            guard let pitch = UInt8(exactly: Int(notes[index].pitch) + semitones), pitch < 128 else {
                return nil
            }
            result.notes[index].pitch = pitch
        }
        result.notes.sort(by: Note.scoreOrder)
        for index in keys.indices where semitones % 12 != 0 {
            // A semitone is seven fifths; of two spellings the one with fewer accidentals, six flats rather than six sharps.
            let fifths = (keys[index].fifths + 7 * semitones + 6) % 12
            result.keys[index].fifths = (fifths < 0 ? fifths + 12 : fifths) - 6
        }
        return result
    }
}
