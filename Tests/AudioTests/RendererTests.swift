import Audio
import PianoRoll
import Testing

@Suite struct RendererTests {
    private let font: SoundFont

    init() throws { font = try SoundFont.locate() }

    private func render(_ score: Score, _ options: Renderer.Options = Renderer.Options()) throws -> AudioClip
    {
        try Renderer(score: score, soundFont: font, options: options).render()
    }

    @Test func equalScoresGiveEqualSamples() throws {
        let (first, second) = (try render(.twoBars), try render(.twoBars))
        #expect(first == second)
        var higher = Score.twoBars
        higher.notes[0].pitch += 1
        #expect(try render(higher) != first)
    }

    @Test(arguments: [64, 1_000, 1_024, 4_099]) func samplesDoNotDependOnHowManyAreAskedFor(frames: Int)
        throws
    {
        let whole = try render(.twoBars)
        let renderer = try Renderer(score: .twoBars, soundFont: font)
        var collected: [Float] = []
        var buffer = [Float](repeating: 0, count: 2 * frames)
        while true {
            var span = buffer.mutableSpan
            let count = try renderer.read(into: &span)
            if count == 0 { break }
            collected.append(contentsOf: buffer[..<(2 * count)])
        }
        #expect(collected == whole.samples)
        #expect(renderer.position == whole.frameCount)
    }

    @Test func aScoreIsHeardAndNotClipped() throws {
        let clip = try render(.twoBars)
        #expect(clip.rootMeanSquare > 0.01)
        #expect(clip.peak < 1)
    }

    @Test func theLengthIsTheScoresAndATailThatEndsInSilence() throws {
        let renderer = try Renderer(score: .twoBars, soundFont: font)
        #expect(abs(renderer.scoreFrames - 4 * 44_100) <= 32)
        let clip = try renderer.render()
        #expect(clip.frameCount > renderer.scoreFrames)
        #expect(clip.duration <= 4 + 5.01)
        #expect(clip.samples.suffix(200).allSatisfy { abs($0) < 1 / 32_768 })
    }

    @Test func aTailIsCappedAndFadedOut() throws {
        var options = Renderer.Options()
        options.maximumTail = 0.25
        var score = Score.twoBars
        // Strings die away slowly.
        for track in score.tracks.indices { score.tracks[track].program = 48 }
        let renderer = try Renderer(score: score, soundFont: font, options: options)
        let clip = try renderer.render()
        #expect(clip.frameCount == renderer.scoreFrames + 11_025)
        #expect(clip.samples.suffix(20).allSatisfy { abs($0) < 0.001 })
        options.maximumTail = 0
        let cut = try Renderer(score: score, soundFont: font, options: options)
        #expect(try cut.render().frameCount == cut.scoreFrames)
    }

    @Test func silenceAfterTheLastNoteIsKept() throws {
        var score = Score.twoBars
        score.endTick = 60 * 480
        let clip = try render(score)
        #expect(clip.frameCount == 30 * 44_100 / 64 * 64 || abs(clip.frameCount - 30 * 44_100) <= 32)
    }

    @Test func anEmptyScoreIsEmpty() throws {
        #expect(try render(Score(ticksPerQuarter: 96, tracks: [], notes: [])).samples.isEmpty)
    }

    /// Where the sound begins, in frames.
    private func onset(_ clip: AudioClip) -> Int {
        (clip.samples.firstIndex { abs($0) > 0.0005 } ?? clip.samples.count) / 2
    }

    @Test(arguments: [(44_100, 1_000_000), (48_000, 333_333), (22_050, 500_000), (44_100, 431_771)])
    func notesStartWhereTheTempoPutsThem(sampleRate: Int, microsecondsPerQuarter: Int) throws {
        func score(startTick: Int) -> Score {
            Score(
                ticksPerQuarter: 480, tracks: [.init()],
                notes: [Note(pitch: 60, velocity: 127, startTick: startTick, endTick: startTick + 480)],
                tempos: [.init(tick: 0, microsecondsPerQuarter: microsecondsPerQuarter)])
        }
        var options = Renderer.Options()
        options.sampleRate = sampleRate
        options.reverb = false
        options.chorus = false
        // The attack's own delay is the same for both notes.
        let attack = onset(try render(score(startTick: 0), options))
        for tick in [7, 480, 3_333] {
            let expected = Double(tick) / 480 * Double(microsecondsPerQuarter) / 1e6 * Double(sampleRate)
            let found = onset(try render(score(startTick: tick), options)) - attack
            #expect(abs(Double(found) - expected) <= 32.5, "tick \(tick)")
        }
    }

    @Test func tempoChangesAreFollowed() throws {
        var score = Score.twoBars
        score.tempos = [
            .init(tick: 0, microsecondsPerQuarter: 500_000),
            .init(tick: 1_920, microsecondsPerQuarter: 1_000_000),
            .init(tick: 2_880, microsecondsPerQuarter: 250_000),
        ]
        // Four quarters of 0.5 s, two of 1 s, two of 0.25 s.
        let renderer = try Renderer(score: score, soundFont: font)
        #expect(abs(renderer.scoreFrames - Int(4.5 * 44_100)) <= 32)
    }

    @Test func tracksKeepTheirOwnInstruments() throws {
        func alone(_ program: UInt8) throws -> AudioClip {
            try render(
                Score(
                    ticksPerQuarter: 480, tracks: [.init(program: program)],
                    notes: [Note(pitch: 60, startTick: 0, endTick: 960)]), dry)
        }
        // Both tracks say channel 0, as many files do.
        let together = try render(
            Score(
                ticksPerQuarter: 480, tracks: [.init(program: 0), .init(program: 73)],
                notes: (0..<2).map { Note(pitch: 60, track: $0, startTick: 0, endTick: 960) }), dry)
        let (piano, flute) = (try alone(0), try alone(73))
        #expect(piano != flute)
        for index in 0..<min(piano.samples.count, flute.samples.count, together.samples.count) {
            let difference = abs(piano.samples[index] + flute.samples[index] - together.samples[index])
            guard difference < 1e-5 else {
                Issue.record("sample \(index) differs by \(difference)")
                break
            }
        }
    }

    @Test func channelsOfATrackHaveTheirOwnInstruments() throws {
        func score(_ track: Score.Track) -> Score {
            Score(
                ticksPerQuarter: 480, tracks: [track],
                notes: (0..<2).map { Note(pitch: 60 + $0, channel: $0, startTick: 0, endTick: 480) })
        }
        let both = try render(score(.init(program: 73)), dry)
        let apart = try render(score(.init(program: 73, channelPrograms: [1: 19])), dry)
        #expect(both != apart)
        #expect(try apart == render(score(.init(program: 19, channelPrograms: [0: 73])), dry))
    }

    /// One note of a quarter at 120 a minute, and what is set besides; the score lasts two seconds.
    private func quarter(_ controls: [(Int, Score.Control.Change)], endTick: Int = 1_920) -> Score {
        Score(
            ticksPerQuarter: 480, tracks: [.init()], notes: [Note(pitch: 60, startTick: 0, endTick: 480)],
            controls: controls.map { Score.Control(tick: $0.0, $0.1) }, endTick: endTick)
    }

    /// How loud a clip is from one second to another.
    private func loudness(_ clip: AudioClip, _ from: Double, _ to: Double) -> Double {
        let range = 2 * Int(from * 44_100)..<min(clip.samples.count, 2 * Int(to * 44_100))
        return AudioClip(sampleRate: 44_100, samples: Array(clip.samples[range])).rootMeanSquare
    }

    @Test func thePedalHoldsNotes() throws {
        let plain = try render(quarter([]), dry)
        let down = Score.Control.Change.controller(number: 64, value: 127)
        let up = Score.Control.Change.controller(number: 64, value: 0)
        let held = try render(quarter([(240, down), (1_440, up)]), dry)
        // The key is let go after half a second, the pedal after one and a half.
        #expect(loudness(held, 1, 1.4) > 10 * loudness(plain, 1, 1.4))
        #expect(loudness(held, 1.9, 2) < loudness(held, 1, 1.4) / 10)
        // Pressed as the key is let go it holds nothing.
        let late = try render(quarter([(480, down), (1_440, up)]), dry)
        #expect(loudness(late, 1, 1.4) < loudness(held, 1, 1.4) / 10)
        // A pedal that is never lifted is lifted with the end.
        #expect(try render(quarter([(240, down)]), dry) == render(quarter([(240, down), (1_920, up)]), dry))
    }

    @Test func volumeBendsAndProgramsAreHeard() throws {
        let plain = try render(quarter([]), dry)
        let soft = try render(quarter([(0, .controller(number: 7, value: 30))]), dry)
        #expect(soft.rootMeanSquare < plain.rootMeanSquare / 2)
        #expect(try render(quarter([(0, .pitchBend(0x3FFF))]), dry) != plain)
        #expect(try render(quarter([(0, .pitchBend(0x2000))]), dry) == plain)
        var organ = quarter([])
        organ.tracks[0].program = 19
        #expect(try render(quarter([(0, .program(19))]), dry) == render(organ, dry))
    }

    @Test func whatASilentTrackSetsIsForAllOfItsChannel() throws {
        var score = quarter([])
        score.tracks.append(.init())
        score.controls = [Score.Control(tick: 0, track: 1, channel: 0, .controller(number: 7, value: 30))]
        #expect(try render(score, dry) == render(quarter([(0, .controller(number: 7, value: 30))]), dry))
        score.controls[0].channel = 5
        #expect(try render(score, dry) == render(quarter([]), dry))
    }

    private var dry: Renderer.Options {
        var options = Renderer.Options()
        options.reverb = false
        options.chorus = false
        return options
    }

    @Test func drumsSoundAsDrums() throws {
        func score(channel: UInt8) -> Score {
            Score(
                ticksPerQuarter: 480, tracks: [.init()],
                notes: [Note(pitch: 38, channel: channel, startTick: 0, endTick: 480)])
        }
        let (snare, piano) = (try render(score(channel: 9), dry), try render(score(channel: 0), dry))
        #expect(snare.rootMeanSquare > 0.001)
        #expect(snare != piano)
    }

    @Test func moreTracksThanChannelsOfMIDI() throws {
        let score = Score(
            ticksPerQuarter: 480, tracks: Array(repeating: .init(program: 11), count: 300),
            notes: (0..<300).map { Note(pitch: UInt8(40 + $0 % 60), track: $0, startTick: 0, endTick: 240) })
        #expect(try render(score).rootMeanSquare > 0.01)
    }

    @Test func repeatedAndOverlappingNotesSoundAgain() throws {
        func score(_ notes: [(Int, Int)]) -> Score {
            Score(
                ticksPerQuarter: 480, tracks: [.init()],
                notes: notes.map { Note(pitch: 60, startTick: $0.0, endTick: $0.1) })
        }
        // A restart ends the note before it; the end of that one does not cut the restarted note short.
        #expect(try render(score([(0, 1_000), (480, 1_920)])) == render(score([(0, 480), (480, 1_920)])))
        #expect(try render(score([(0, 480), (480, 960)])) != render(score([(0, 960)])))
        #expect(try render(score([(0, 480), (0, 960)])) == render(score([(0, 960)])))
    }

    @Test func switchesAndGainAreHeard() throws {
        let full = try render(.twoBars)
        var options = Renderer.Options()
        options.reverb = false
        #expect(try render(.twoBars, options) != full)
        options = Renderer.Options()
        options.gain = 1
        let louder = try render(.twoBars, options)
        #expect(abs(Double(louder.peak / full.peak) - 2) < 0.01)
    }

    @Test func endlessScoresAreRefused() {
        let score = Score(
            ticksPerQuarter: 1, tracks: [.init()], notes: [Note(pitch: 60, startTick: 0, endTick: .max)])
        #expect(throws: AudioError.self) { try Renderer(score: score, soundFont: font) }
        do {
            _ = try Renderer(score: score, soundFont: font)
        } catch {
            guard case .scoreTooLong = error else { return #expect(Bool(false), "\(error)") }
        }
    }

    @Test func optionsOutOfRangeAreRefused() {
        var options = Renderer.Options()
        options.gain = 11
        #expect(throws: AudioError.settingOutOfRange(name: "the gain", value: 11, lowest: 0, highest: 10)) {
            try Renderer(score: .twoBars, soundFont: font, options: options)
        }
        options = Renderer.Options()
        options.sampleRate = 0
        #expect(throws: AudioError.self) { try Renderer(score: .twoBars, soundFont: font, options: options) }
    }
}
