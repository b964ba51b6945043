import PianoRoll

extension Corpus {
    /// The lowest and the highest pitch of all notes, or nil if there are none.
    public var pitchRange: ClosedRange<UInt8>? {
        var lowest = UInt16.max
        var highest: UInt16 = 0
        for piece in pieces {
            for token in piece.grid.tokens where token >= vocabulary.firstPitchToken {
                lowest = min(lowest, token)
                highest = max(highest, token)
            }
        }
        guard let low = vocabulary.pitch(of: lowest), let high = vocabulary.pitch(of: highest) else {
            return nil
        }
        return low...high
    }

    /// The corpus in another vocabulary: another encoding, another range of pitches, or both.
    ///
    /// From onset to sustain, repeated notes run together; the other way, cells of one pitch become one note.
    ///
    /// - Precondition: the vocabulary has a token for every pitch of the corpus; see `pitchRange`.
    public func converted(to vocabulary: Vocabulary) -> Corpus {
        if let range = pitchRange {
            precondition(
                vocabulary.lowestPitch <= range.lowerBound && range.upperBound <= vocabulary.highestPitch,
                "pitches \(range) in a vocabulary of \(vocabulary.lowestPitch)...\(vocabulary.highestPitch)")
        }
        let converted = pieces.map { piece in
            var piece = piece
            piece.grid = piece.grid.converted(to: vocabulary)
            return piece
        }
        return Corpus(name: name, vocabulary: vocabulary, lanes: lanes, pieces: converted)
    }
}

extension TokenGrid {
    /// The grid in another vocabulary; notes that have no token there become rests.
    ///
    /// From onset to sustain, repeated notes run together; the other way, cells of one pitch become one note.
    public func converted(to vocabulary: Vocabulary) -> TokenGrid {
        var result = TokenGrid(
            vocabulary: vocabulary, lanes: lanes, timing: timing,
            tokens: Array(repeating: Vocabulary.rest, count: tokens.count))
        for lane in 0..<lanes {
            for note in notes(inLane: lane) {
                guard let token = vocabulary.token(of: note.pitch) else { continue }
                for step in note.steps { result[step, lane] = vocabulary.hold ?? token }
                result[note.steps.lowerBound, lane] = token
            }
        }
        return result
    }
}
