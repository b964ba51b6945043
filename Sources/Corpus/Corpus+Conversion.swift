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
    /// - Throws: `CorpusConversionError` for the first note that has no token there; see `pitchRange`.
    public func converted(to vocabulary: Vocabulary) throws(CorpusConversionError) -> Corpus {
        var converted = Corpus(name: name, vocabulary: vocabulary, lanes: lanes)
        for var piece in pieces {
            do throws(TokenGridError) {
                piece.grid = try piece.grid.converted(to: vocabulary)
            } catch {
                throw CorpusConversionError(piece: piece.name, reason: error)
            }
            converted.append(piece)
        }
        return converted
    }
}
