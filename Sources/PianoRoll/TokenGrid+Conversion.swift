extension TokenGrid {
    /// The grid in another vocabulary: another encoding, another range, or both.
    ///
    /// From onsets to sustain what sounds stays exactly as it is, and repeated notes run together. From sustain to
    /// onsets a note starts where the pitch changes. Cells are read by the rule of `repaired()`.
    ///
    /// - Throws: `TokenGridError.pitchOutOfRange` for the first note that has no token there.
    public func converted(to vocabulary: Vocabulary) throws(TokenGridError) -> TokenGrid {
        var result = TokenGrid(
            vocabulary: vocabulary, lanes: lanes, timing: timing,
            tokens: Array(repeating: Vocabulary.rest, count: tokens.count))
        for note in notes {
            guard let token = vocabulary.token(of: note.pitch) else {
                throw .pitchOutOfRange(note.pitch, step: note.steps.lowerBound, lane: note.lane)
            }
            for step in note.steps {
                result[step, note.lane] = step == note.steps.lowerBound ? token : vocabulary.hold ?? token
            }
        }
        return result
    }

    /// The grid so many semitones higher, or lower if negative; nil when a note leaves the vocabulary.
    public func transposed(by semitones: Int) -> TokenGrid? {
        // No interval is wider, and the sums below cannot overflow.
        guard (-127...127).contains(semitones) else { return notes.isEmpty ? self : nil }
        var result = self
        for (cell, token) in tokens.enumerated() {
            guard let moved = vocabulary.transposed(token, by: semitones) else { return nil }
            result.tokens[cell] = moved
        }
        return result
    }

    /// What a slice makes of a note that began before it, in the onset encoding.
    public enum SliceStart: Sendable {
        /// The note starts anew at the slice's first step: what sounds in the slice is what sounded there.
        case restart
        /// Silence until the next note of the lane starts.
        case rest
        /// The holds stay as they are; the slice is not well-formed, but can be put back in its place.
        case verbatim
    }

    /// The steps in a range, as a grid of their own that keeps its place in the bar.
    ///
    /// - Precondition: The range lies within `0..<steps`.
    public func slice(steps range: Range<Int>, start: SliceStart = .restart) -> TokenGrid {
        precondition(range.lowerBound >= 0 && range.upperBound <= steps, "\(range) of \(steps) steps")
        var result = self
        result.tokens = Array(tokens[range.lowerBound * lanes..<range.upperBound * lanes])
        result.timing.firstStepInBar = timing.positionInBar(ofStep: range.lowerBound)
        guard start != .verbatim, !range.isEmpty, let hold = vocabulary.hold else { return result }
        for lane in 0..<lanes where result[0, lane] == hold {
            let sounding = soundingPitch(step: range.lowerBound, lane: lane)
            if start == .restart, let token = sounding.flatMap({ vocabulary.token(of: $0) }) {
                result[0, lane] = token
            } else {
                var step = 0
                while step < result.steps, result[step, lane] == hold {
                    result[step, lane] = Vocabulary.rest
                    step += 1
                }
            }
        }
        return result
    }
}
