import Corpus
import Foundation
import MIDIFile
import PianoRoll
import Testing

/// The corpora in `Data/corpora`, by name.
func shippedCorpus(_ name: String) throws -> Corpus {
    let root = URL(fileURLWithPath: #filePath)
        .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
    let file = root.appendingPathComponent("Data/corpora/\(name).corpus")
    return try Corpus(decoding: [UInt8](try Data(contentsOf: file)))
}

@Suite("The shipped corpora")
struct ShippedCorporaTests {
    @Test(
        "hold what their README says",
        arguments: [("chorales", 4, [236, 75, 80]), ("melodies", 1, [3612, 491, 432])])
    func counts(name: String, lanes: Int, counts: [Int]) throws {
        let corpus = try shippedCorpus(name)
        #expect(corpus.name == name)
        #expect(corpus.lanes == lanes)
        #expect(corpus.vocabulary == Vocabulary(encoding: .onset))
        #expect(Corpus.Split.allCases.map { corpus.pieces(in: $0).count } == counts)
        #expect(corpus.pieces.allSatisfy { $0.grid.isWellFormed && $0.grid.steps >= 16 && $0.key != nil })
        #expect(try Corpus(decoding: corpus.encoded()) == corpus)
    }

    @Test("a well-known chorale is there, note by note")
    func knownChorale() throws {
        // BWV 269, "Aus meines Herzens Grunde": 3/4, an upbeat of a quarter, G major.
        let piece = try #require(try shippedCorpus("chorales").pieces.first { $0.name == "bwv269" })
        #expect(piece.key == Corpus.Key(fifths: 1, isMinor: false))
        #expect(
            piece.grid.timing
                == TokenGrid.Timing(
                    stepsPerQuarter: 4, meterNumerator: 3, meterDenominator: 4, firstStepInBar: 8))
        let soprano = piece.grid.notes(inLane: 0).prefix(6)
        #expect(soprano.map(\.pitch) == [67, 67, 74, 71, 69, 67])
        // The first G is repeated, not held: the onset encoding keeps the two apart.
        #expect(soprano.map(\.steps.lowerBound) == [0, 4, 12, 16, 22, 24])
        let chord = (0..<4).map { piece.grid.soundingPitch(step: 0, lane: $0) }
        #expect(chord == [67, 62, 59, 43])
    }

    @Test(
        "grid to MIDI file to grid changes nothing", arguments: ["chorales", "melodies"],
        Vocabulary.Encoding.allCases)
    func roundTrip(name: String, encoding: Vocabulary.Encoding) throws {
        let vocabulary = Vocabulary(encoding: encoding)
        let corpus = try shippedCorpus(name).converted(to: vocabulary)
        for piece in corpus.pieces {
            let key = piece.key.map { Score.Key(tick: 0, fifths: $0.fifths, isMinor: $0.isMinor) }
            let written = try MIDIFile(score: piece.grid.decoded(.init(key: key))).encoded()
            let score = try Score(MIDIFile(decoding: written))
            let options = Score.EncodingOptions(
                vocabulary: vocabulary, lanes: corpus.lanes,
                stepsPerQuarter: piece.grid.timing.stepsPerQuarter)
            let (grid, report) = try score.encoded(options)
            #expect(grid == piece.grid, "\(piece.name)")
            #expect(report.lostNotes.isEmpty && report.movedCount == 0, "\(piece.name)")
            #expect(score.keys.first?.fifths == piece.key?.fifths, "\(piece.name)")
        }
    }

    /// A check that shares no code with what made the splits: sixteen steps of music that stand, in any key, in two
    /// splits.
    @Test("no piece of test or valid stands in train, in any key", arguments: ["chorales", "melodies"])
    func noLeak(name: String) throws {
        let corpus = try shippedCorpus(name)
        let window = 16 * 4
        func excerpts(_ piece: Corpus.Piece) -> Set<[Int16]> {
            let pitches = piece.grid.soundingPitches
            let lanes = corpus.lanes
            guard piece.grid.steps >= window else { return [] }
            return Set(
                stride(from: 0, through: piece.grid.steps - window, by: 1).map { start in
                    let cells = pitches[(start * lanes)..<((start + window) * lanes)]
                    let lowest = cells.lazy.compactMap(\.self).min().map(Int16.init) ?? 0
                    return cells.map { $0.map { Int16($0) - lowest } ?? -1 }
                })
        }
        var seen = Set<[Int16]>()
        for piece in corpus.pieces(in: .train) { seen.formUnion(excerpts(piece)) }
        for piece in corpus.pieces(in: .valid) + corpus.pieces(in: .test) {
            let own = excerpts(piece)
            let shared = own.count { seen.contains($0) }
            #expect(
                Double(shared) <= 0.1 * Double(own.count),
                "\(piece.name): \(shared) of \(own.count) excerpts stand in train too")
        }
    }
}
