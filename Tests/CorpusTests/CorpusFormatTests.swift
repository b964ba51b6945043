import Corpus
import PianoRoll
import TestSupport
import Testing

@Suite("The corpus file")
struct CorpusFormatTests {
    /// A corpus small enough to write its bytes by hand.
    static let small: Corpus = {
        let vocabulary = Vocabulary(encoding: .onset)
        let timing = TokenGrid.Timing(
            stepsPerQuarter: 4, meterNumerator: 3, meterDenominator: 4, firstStepInBar: 8)
        // Pitch p has token p + 2: C4 for two steps, D4, a rest; and F#5 for three steps, then a rest.
        let tokens: [UInt16] = [62, 80, 1, 1, 64, 1, 0, 0]
        let piece = Corpus.Piece(
            name: "a", split: .valid, group: "g", key: .init(fifths: -1, isMinor: true),
            grid: TokenGrid(vocabulary: vocabulary, lanes: 2, timing: timing, tokens: tokens))
        return Corpus(name: "hi", vocabulary: vocabulary, lanes: 2, pieces: [piece])
    }()

    static let smallBody: [UInt8] = [
        2, 0x68, 0x69,  // the name, "hi"
        1, 0, 127,  // onset, pitches 0...127
        2,  // lanes
        1, 1, 0x67, 1,  // one group: "g", valid
        1,  // one piece
        1, 0x61,  // its name, "a"
        0,  // its group
        22,  // its key: D minor
        4, 3, 2, 8,  // four steps a quarter, 3/4, from step 8 of the bar
        4,  // steps
        0b0_0111_001,  // lane 0: C4, an interval of 0 from C4, two steps
        0b0_1001_000,  // D4, 2 semitones up, one step
        0b0_1111_000,  // a rest, one step
        0x81, 78, 2,  // lane 1: F#5, too far up for the short form, three steps
        0b0_1111_000,  // a rest, one step
    ]

    /// A file around a body, with the length and the hash that belong to it.
    static func file(_ body: [UInt8], version: UInt8 = 1) -> [UInt8] {
        var bytes = Array("PJYSCORP".utf8) + [version]
        bytes += (0..<8).map { UInt8(truncatingIfNeeded: body.count >> (8 * $0)) }
        bytes += body
        let hash = bytes.reduce(UInt64(0xcbf2_9ce4_8422_2325)) { ($0 ^ UInt64($1)) &* 0x100_0000_01b3 }
        return bytes + (0..<8).map { UInt8(truncatingIfNeeded: hash >> UInt64(8 * $0)) }
    }

    @Test("writes and reads the bytes that the format prescribes")
    func goldenBytes() throws {
        #expect(try Self.small.encoded() == Self.file(Self.smallBody))
        #expect(try Corpus(decoding: Self.file(Self.smallBody)) == Self.small)
    }

    @Test("reads back what it wrote", arguments: Vocabulary.Encoding.allCases)
    func roundTrip(encoding: Vocabulary.Encoding) throws {
        let seed = UInt64.random(in: 0...UInt64.max)
        var random = SeededGenerator(seed: seed)
        for _ in 0..<50 {
            let corpus = Corpus.random(encoding: encoding, using: &random)
            #expect(try Corpus(decoding: corpus.encoded()) == corpus, "seed \(seed)")
        }
    }

    @Test("refuses every beginning of a file, and says what it is")
    func cutOff() throws {
        let bytes = try Self.small.encoded()
        for count in 0..<bytes.count {
            #expect {
                try Corpus(decoding: Array(bytes.prefix(count)))
            } throws: { error in
                switch error as? CorpusDecodingError {
                case .notACorpus: count == 0
                case .cutOff(_, let found): found == count
                default: false
                }
            }
        }
    }

    @Test("names what is wrong around the body")
    func frame() throws {
        let bytes = try Self.small.encoded()
        #expect(throws: CorpusDecodingError.notACorpus) { try Corpus(decoding: Array("MThd and more".utf8)) }
        #expect(throws: CorpusDecodingError.unknownVersion(2)) {
            try Corpus(decoding: Self.file(Self.smallBody, version: 2))
        }
        #expect(throws: CorpusDecodingError.trailingBytes(1)) { try Corpus(decoding: bytes + [0]) }
        var damaged = bytes
        damaged[30] ^= 4
        #expect(throws: CorpusDecodingError.wrongHash) { try Corpus(decoding: damaged) }
    }

    @Test(
        "refuses bodies that break a rule, whatever their hash",
        arguments: [
            (3, UInt8(2), "2 is no encoding"), (5, 128, "pitches 0 to 128"), (6, 0, "no lanes"),
            (10, 3, "3 is no split"),
            (9, 0xff, "a group's name is not UTF-8"), (14, 1, "group 1 of 1"), (15, 31, "31 is no key"),
            (16, 0, "0 steps in a quarter"), (18, 8, "a meter of 3 beats with value number 8"),
            (19, 12, "a first step at 12 of 12 in its bar"), (20, 3, "a run past the last step"),
            (21, 0x82, "no note to go on"), (24, 0x83, "131 begins no run"),
            (25, 128, "pitch 128 is not in the vocabulary"),
        ])
    func malformed(offset: Int, byte: UInt8, what: String) {
        var body = Self.smallBody
        body[offset] = byte
        #expect {
            try Corpus(decoding: Self.file(body))
        } throws: { error in
            if case .malformed(_, what)? = error as? CorpusDecodingError { true } else { false }
        }
    }

    @Test("never traps and never takes much memory, whatever the bytes")
    func mutations() throws {
        let seed = UInt64.random(in: 0...UInt64.max)
        var random = SeededGenerator(seed: seed)
        print("mutation seed \(seed)")
        var refused = 0
        for encoding in Vocabulary.Encoding.allCases {
            let bytes = try Corpus.random(encoding: encoding, using: &random).encoded()
            let body = Array(bytes[17..<(bytes.count - 8)])
            for _ in 0..<20_000 {
                var mutant = body
                for _ in 0..<Int.random(in: 1...4, using: &random) {
                    let place = Int.random(in: 0..<mutant.count, using: &random)
                    switch Int.random(in: 0..<4, using: &random) {
                    case 0: mutant[place] = UInt8.random(in: 0...255, using: &random)
                    case 1: mutant[place] ^= 1 << UInt8.random(in: 0..<8, using: &random)
                    case 2 where mutant.count > 1: mutant.remove(at: place)
                    default: mutant.insert(UInt8.random(in: 0...255, using: &random), at: place)
                    }
                }
                do throws(CorpusDecodingError) {
                    // What is read has to be a corpus that can be written again.
                    let corpus = try Corpus(decoding: Self.file(mutant))
                    #expect((try? Corpus(decoding: corpus.encoded())) == corpus, "seed \(seed)")
                } catch {
                    refused += 1
                    #expect(!error.description.contains("\n"), "seed \(seed)")
                }
            }
        }
        #expect(refused > 10_000)
    }

    @Test("does not write what could not be read")
    func encodingErrors() {
        let small = Self.small
        var corpus = small
        corpus.append(small.pieces[0])
        #expect(throws: CorpusEncodingError.duplicateName("a")) { try corpus.encoded() }

        corpus = small
        var other = small.pieces[0]
        other.name = "b"
        other.split = .test
        corpus.append(other)
        #expect(throws: CorpusEncodingError.groupInTwoSplits(group: "g", first: .valid, second: .test)) {
            try corpus.encoded()
        }

        func edited(_ edit: (inout Corpus.Piece) -> Void) -> Corpus {
            var piece = small.pieces[0]
            edit(&piece)
            return Corpus(name: "", vocabulary: small.vocabulary, lanes: small.lanes, pieces: [piece])
        }
        #expect(throws: CorpusEncodingError.strayHold(piece: "a", step: 0, lane: 1)) {
            try edited { $0.grid[0, 1] = 1 }.encoded()
        }
        #expect(throws: CorpusEncodingError.strayHold(piece: "a", step: 2, lane: 1)) {
            try edited { $0.grid[1, 1] = 0 }.encoded()
        }
        #expect(throws: CorpusEncodingError.unknownToken(piece: "a", step: 3, lane: 0, token: 130)) {
            try edited { $0.grid[3, 0] = 130 }.encoded()
        }
        #expect(throws: CorpusEncodingError.self) { try edited { $0.key?.fifths = 8 }.encoded() }
        #expect(throws: CorpusEncodingError.self) {
            try edited { $0.grid.timing.meterDenominator = 3 }.encoded()
        }
        #expect(throws: CorpusEncodingError.self) {
            try edited { $0.grid.timing.firstStepInBar = 12 }.encoded()
        }
        #expect(throws: CorpusEncodingError.self) {
            try edited { $0.grid.timing.stepsPerQuarter = 0 }.encoded()
        }
    }
}
