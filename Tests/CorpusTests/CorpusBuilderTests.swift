import Corpus
import MIDIFile
import PianoRoll
import TestSupport
import Testing

@Suite("Building a corpus")
struct CorpusBuilderTests {
    /// The bytes of a MIDI file with one track of notes, each a pitch and a length in sixteenths.
    static func midi(_ notes: [(pitch: UInt8, sixteenths: Int)], meter: (Int, Int) = (4, 4)) throws -> [UInt8]
    {
        var tick = 0
        let score = Score(
            ticksPerQuarter: 480, tracks: [.init(name: "Melody")],
            notes: notes.map { note in
                defer { tick += 120 * note.sixteenths }
                return Note(pitch: note.pitch, startTick: tick, endTick: tick + 120 * note.sixteenths)
            },
            meters: [.init(tick: 0, numerator: meter.0, denominator: meter.1)],
            keys: [.init(tick: 0, fifths: 2, isMinor: false)])
        return try MIDIFile(score: score).encoded()
    }

    /// A tune of its own: a walk over the pitches, unlike that of any other seed.
    static func tune(seed: UInt64, count: Int = 64) -> [(pitch: UInt8, sixteenths: Int)] {
        var random = SeededGenerator(seed: seed)
        var pitch = 70
        return (0..<count).map { _ in
            pitch = min(90, max(50, pitch + Int.random(in: -5...5, using: &random)))
            return (UInt8(pitch), [1, 2, 2, 4].randomElement(using: &random) ?? 2)
        }
    }

    @Test("takes files in order, with their names, keys and notes")
    func plain() throws {
        var builder = CorpusBuilder(options: .init(name: "tunes"))
        builder.add(file: "a/first.mid", bytes: try Self.midi([(60, 4), (60, 4), (62, 8)], meter: (2, 4)))
        builder.add(file: "second.tune.midi", bytes: try Self.midi(Self.tune(seed: 1)))
        let corpus = builder.build()
        #expect(corpus.name == "tunes")
        #expect(corpus.pieces.map(\.name) == ["a/first", "second.tune"])
        #expect(corpus.pieces[0].key == Corpus.Key(fifths: 2, isMinor: false))
        #expect(corpus.pieces[0].grid.timing.stepsPerBar == 8)
        // Pitch p has token p + 2, and a repeated note is no hold.
        #expect(corpus.pieces[0].grid.tokens == [62, 1, 1, 1, 62, 1, 1, 1, 64, 1, 1, 1, 1, 1, 1, 1])
        #expect(builder.report.skipped.isEmpty)
        #expect(builder.report.placedNoteCount == 67)
    }

    @Test("takes the tracks of a file of format 2 as pieces")
    func severalPieces() throws {
        let tracks = try [5, 6, 0].map { seed in
            seed == 0
                ? MIDIFile.Track(events: [])
                : try MIDIFile(decoding: Self.midi(Self.tune(seed: UInt64(seed)))).tracks[1]
        }
        let file = MIDIFile(format: .independentTracks, division: .ticksPerQuarter(480), tracks: tracks)
        var builder = CorpusBuilder()
        builder.add(file: "three.mid", bytes: try file.encoded())
        let corpus = builder.build()
        #expect(corpus.pieces.map(\.name) == ["three#1", "three#2"])
        #expect(corpus.pieces.map(\.group) == ["three", "three"])
        #expect(builder.report.fileCount == 3)
        #expect(builder.report.skipped.map(\.file) == ["three.mid#3"])
        #expect(builder.report.skipped.map(\.reason) == [.silent])
    }

    @Test("names the piece that another vocabulary cannot hold")
    func outOfRange() throws {
        var builder = CorpusBuilder()
        builder.add(file: "low.mid", bytes: try Self.midi([(40, 8), (50, 8)]))
        let narrow = Vocabulary(encoding: .onset, lowestPitch: 50, highestPitch: 60)
        let reason = TokenGridError.pitchOutOfRange(40, step: 0, lane: 0)
        #expect(throws: CorpusConversionError(piece: "low", reason: reason)) {
            try builder.build().converted(to: narrow)
        }
    }

    @Test("names every file that it leaves out, and why")
    func skipped() throws {
        var builder = CorpusBuilder(options: .init(minimumSteps: 16))
        let tune = Self.tune(seed: 2)
        builder.add(file: "good.mid", bytes: try Self.midi(tune))
        builder.add(file: "text.mid", bytes: Array("not music".utf8))
        builder.add(file: "silent.mid", bytes: try Self.midi([]))
        builder.add(file: "short.mid", bytes: try Self.midi([(60, 8), (62, 7)]))
        builder.add(file: "again.mid", bytes: try Self.midi(tune.map { ($0.pitch - 5, $0.sixteenths) }))
        builder.add(
            file: "split.mid", bytes: try Self.midi(Self.tune(seed: 3)), entry: .init(file: "", split: "exam")
        )
        builder.add(
            file: "name.mid", bytes: try Self.midi(Self.tune(seed: 3)), entry: .init(file: "", name: "good"))
        builder.skip(file: "gone.mid", because: .missing)
        // Triads in one lane: two notes of three have no place.
        let chords = Score(
            ticksPerQuarter: 480, tracks: [.init()],
            notes: (0..<16).flatMap { beat in
                [60, 64, 67].map { Note(pitch: $0, startTick: 480 * beat, endTick: 480 * (beat + 1)) }
            })
        builder.add(file: "chords.mid", bytes: try MIDIFile(score: chords).encoded())

        #expect(builder.build().pieces.map(\.name) == ["good"])
        let reasons = Dictionary(uniqueKeysWithValues: builder.report.skipped.map { ($0.file, $0.reason) })
        #expect(builder.report.fileCount == 9)
        #expect(reasons.count == 8)
        #expect(reasons["silent.mid"] == .silent)
        #expect(reasons["short.mid"] == .tooShort(steps: 15))
        #expect(reasons["again.mid"] == .sameNotes(asFile: "good.mid"))
        #expect(reasons["split.mid"] == .unknownSplit("exam"))
        #expect(reasons["name.mid"] == .sameName(asFile: "good.mid"))
        #expect(reasons["gone.mid"] == .missing)
        #expect(reasons["chords.mid"] == .tooManyNotesLost(32, of: 48))
        if case .unreadable? = reasons["text.mid"] {
        } else {
            Issue.record("text.mid: \(reasons["text.mid"] as Any)")
        }
    }

    @Test("keeps variants of a tune in one group and one split")
    func variants() throws {
        let seed = UInt64.random(in: 0...UInt64.max)
        var builder = CorpusBuilder()
        var random = SeededGenerator(seed: seed)
        for number in 0..<60 {
            let tune = Self.tune(seed: random.next())
            builder.add(file: "\(number)a", bytes: try Self.midi(tune))
            // In another key, in other rhythm, and with another ending.
            let variant =
                tune.prefix(48).map { ($0.pitch + 3, $0.sixteenths == 2 ? 3 : $0.sixteenths) }
                + Self.tune(seed: random.next(), count: 16)
            builder.add(file: "\(number)b", bytes: try Self.midi(variant))
        }
        let corpus = builder.build()
        let groups = Dictionary(grouping: corpus.pieces, by: \.group)
        #expect(groups.count == 60, "seed \(seed)")
        for (name, members) in groups {
            #expect(members.map(\.name) == [name, name.dropLast() + "b"], "seed \(seed)")
            #expect(Set(members.map(\.split)).count == 1, "seed \(seed)")
        }
        #expect(throws: Never.self) { try corpus.encoded() }
    }

    @Test("groups short tunes that differ by one note, and copies of any length")
    func shortVariants() throws {
        let seed = UInt64.random(in: 0...UInt64.max)
        var random = SeededGenerator(seed: seed)
        var builder = CorpusBuilder(options: .init(minimumSteps: 4, keepsCopies: true))
        for number in 0..<40 {
            // Sixteen notes, about three bars, none like the one before it.
            var pitch = 70
            let tune = (0..<16).map { _ in
                let interval = [-5, -4, -2, -1, 1, 2, 3, 5].randomElement(using: &random) ?? 1
                pitch += (50...90).contains(pitch + interval) ? interval : -interval
                return (pitch: UInt8(pitch), sixteenths: 2)
            }
            builder.add(file: "\(number)a", bytes: try Self.midi(tune))
            var other = tune
            switch number % 3 {
            case 0: other[7].pitch += 12
            case 1: other.remove(at: 7)
            default: other.insert((90, 1), at: 7)
            }
            builder.add(file: "\(number)b", bytes: try Self.midi(other.map { ($0.pitch + 2, 3) }))
            // Two notes in a rhythm of their own.
            for name in ["c", "d"] {
                let motif = try Self.midi([(60, 4 + number), (62, 4)])
                builder.add(file: "\(number)\(name)", bytes: motif)
            }
        }
        let groups = Dictionary(grouping: builder.build().pieces, by: \.group).values.map {
            $0.map(\.name)
        }
        let expected = (0..<40).flatMap { [["\($0)a", "\($0)b"], ["\($0)c", "\($0)d"]] }
        #expect(Set(groups) == Set(expected), "seed \(seed)")
    }

    @Test("takes splits and groups as given; a group goes to the strictest of its splits")
    func given() throws {
        var builder = CorpusBuilder()
        let tune = Self.tune(seed: 5)
        let variant = tune.map { ($0.pitch, 2) }
        builder.add(file: "a", bytes: try Self.midi(tune), entry: .init(file: "a", split: "train"))
        builder.add(file: "b", bytes: try Self.midi(variant), entry: .init(file: "b", split: "test"))
        for (number, split) in [nil, "train", "valid"].enumerated() {
            builder.add(
                file: "c\(number)", bytes: try Self.midi(Self.tune(seed: 6 + UInt64(number))),
                entry: .init(file: "c\(number)", split: split, group: "c"))
        }
        let corpus = builder.build()
        // Variants whose splits are given are taken at their word.
        #expect(corpus.pieces.map(\.split) == [.train, .test, .valid, .valid, .valid])
        #expect(corpus.pieces.map(\.group) == ["a", "b", "c", "c", "c"])
        #expect(builder.report.remarks.map(\.file) == ["c1"])
    }

    @Test("splits by a hash: in the shares asked for, and the same whatever else is there")
    func shares() throws {
        var all = CorpusBuilder()
        var some = CorpusBuilder()
        for number in 0..<2_000 {
            let bytes = try Self.midi(Self.tune(seed: UInt64(number), count: 20))
            all.add(file: "tune \(number)", bytes: bytes)
            if number % 7 == 0 { some.add(file: "tune \(number)", bytes: bytes) }
        }
        let corpus = all.build()
        // Four standard deviations of a binomial share of 10 % are 54.
        #expect(abs(corpus.pieces(in: .test).count - 200) < 54)
        #expect(abs(corpus.pieces(in: .valid).count - 200) < 54)
        let splits = Dictionary(uniqueKeysWithValues: corpus.pieces.map { ($0.name, $0.split) })
        for piece in some.build().pieces { #expect(splits[piece.name] == piece.split) }
    }

    @Test("changes the vocabulary: what sounds stays the same")
    func conversion() throws {
        let seed = UInt64.random(in: 0...UInt64.max)
        var random = SeededGenerator(seed: seed)
        for _ in 0..<20 {
            let corpus = Corpus.random(encoding: .onset, using: &random)
            let sustain = try corpus.converted(to: Vocabulary(encoding: .sustain))
            #expect(
                sustain.pieces.map(\.grid.soundingPitches) == corpus.pieces.map(\.grid.soundingPitches),
                "seed \(seed)")
            #expect(sustain.pieces.allSatisfy { $0.grid.vocabulary.encoding == .sustain })
            #expect(try corpus.converted(to: corpus.vocabulary) == corpus, "seed \(seed)")
            guard let range = corpus.pitchRange else { continue }
            let narrow = Vocabulary(
                encoding: .onset, lowestPitch: range.lowerBound, highestPitch: range.upperBound)
            #expect(
                try corpus.converted(to: narrow).converted(to: corpus.vocabulary) == corpus, "seed \(seed)")
        }
    }
}
