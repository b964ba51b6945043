import MIDIFile
import PianoRoll
import Testing

/// What a grid cannot hold, kept beside it.
@Suite struct PerformanceTests {
    private let score = Score(
        ticksPerQuarter: 24,
        tracks: [.init(name: "Violin", program: 40), .init(name: "Cello", program: 42)],
        notes: [
            Note(pitch: 72, velocity: 100, channel: 0, track: 0, startTick: 6, endTick: 12),
            Note(pitch: 48, velocity: 60, channel: 1, track: 1, startTick: 6, endTick: 30),
            Note(pitch: 72, velocity: 90, channel: 0, track: 0, startTick: 12, endTick: 24),
        ],
        tempos: [
            .init(tick: 0, microsecondsPerQuarter: 400_000), .init(tick: 12, microsecondsPerQuarter: 600_000),
        ],
        keys: [.init(tick: 0, fifths: -3, isMinor: true)])

    @Test(arguments: Vocabulary.Encoding.allCases) func midiToJSONToMIDI(encoding: Vocabulary.Encoding) throws
    {
        let (document, report) = try score.document(.init(vocabulary: Vocabulary(encoding: encoding)))
        #expect(report.isComplete == (encoding == .onset))
        let read = try GridDocument(json: Array(document.json().utf8))
        #expect(read == document)
        let again = try read.decoded()
        #expect(again.tempos.map(\.microsecondsPerQuarter) == [400_000, 600_000])
        #expect(again.tempos.map { $0.tick * 24 / again.ticksPerQuarter } == [0, 12])
        #expect(again.keys == score.keys)
        #expect(again.tracks == score.tracks)
        // Repeated notes run together in the sustain encoding, and keep the first's velocity.
        #expect(again.notes.map(\.velocity) == (encoding == .onset ? [100, 60, 90] : [100, 60]))
    }

    @Test func whatIsGivenCountsMore() throws {
        let (document, _) = try score.document(.init(vocabulary: Vocabulary(encoding: .onset)))
        let options = TokenGrid.DecodingOptions(voices: [.init(name: "Flute", program: 73)])
        let again = try document.decoded(options, quartersPerMinute: 60)
        #expect(again.tempos == [.init(tick: 0, microsecondsPerQuarter: 1_000_000)])
        #expect(again.tracks == [.init(name: "Flute", program: 73), .init(name: "Cello", program: 42)])
    }

    /// Voices on one pitch at once keep their own parts, and a silent one what its track says.
    @Test func aScoreTellsWhatItsGridCannot() throws {
        let vocabulary = Vocabulary(encoding: .onset)
        func token(_ pitch: UInt8) throws -> UInt16 { try #require(vocabulary.token(of: pitch)) }
        let grid = TokenGrid(
            vocabulary: vocabulary, lanes: 3,
            tokens: [try token(60), try token(60), 0, try token(64), 1, 0, try token(60), try token(55), 0])
        let score = try grid.decoded(
            .init(
                quartersPerMinute: 72, key: .init(tick: 0, fifths: 2, isMinor: false),
                voices: [
                    .init(name: "Oboe", program: 68, velocity: 90), .init(name: "Viola", program: 41),
                    .init(name: "Horn", program: 60),
                ]))
        let performance = score.performance(of: grid)
        #expect(performance.tempos == [.init(step: 0, microsecondsPerQuarter: 833_333)])
        #expect(performance.keys == [.init(step: 0, fifths: 2, isMinor: false)])
        #expect(performance.velocities == [[90, 90, 90], [80, 80], []])
        let again = try GridDocument(grid: grid, performance: performance).decoded()
        #expect(again.tracks == score.tracks && again.notes == score.notes)
        #expect(again.tempos == score.tempos && again.keys == score.keys)
    }

    @Test func leadingSilenceThatIsCutTakesTheTemposAlong() throws {
        let options = Score.EncodingOptions(vocabulary: Vocabulary(encoding: .onset), alignment: .shift)
        let performance = try #require(try score.document(options).document.performance)
        #expect(performance.tempos.map(\.step) == [0, 1])
        #expect(performance.velocities == [[100, 90], [60]])
    }

    @Test(arguments: [
        (
            "\"velocities\": [[100, 90], [60]]", "\"velocities\": [[100], [60]]",
            "1 velocities for the 2 notes"
        ),
        ("\"velocities\": [[100, 90], [60]]", "\"velocities\": [[100, 90], [0]]", "lane 1 is not 1...127"),
        ("\"velocities\": [[100, 90], [60]]", "\"velocities\": []", "0 rows of velocities"),
        ("\"program\": 42", "\"program\": 128", "program"),
        ("\"fifths\": -3", "\"fifths\": 8", "key signatures"),
        ("\"microsecondsPerQuarter\": 400000", "\"microsecondsPerQuarter\": 0", "tempos"),
        ("\"step\": 2", "\"step\": 0", "tempos"), ("\"step\": 2", "\"step\": 99", "tempos"),
    ])
    func whatDoesNotFitIsRefused(good: String, bad: String, words: String) throws {
        let text = try score.document(.init(vocabulary: Vocabulary(encoding: .onset))).document.json()
        #expect(text.contains(good))
        do {
            _ = try GridDocument(json: Array(text.replacing(good, with: bad, maxReplacements: 1).utf8))
            Issue.record("accepted with \(bad)")
        } catch {
            #expect(
                error.description.contains("performance") && error.description.contains(words), "\(error)")
        }
    }
}
