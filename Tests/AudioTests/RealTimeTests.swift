import Audio
import Glibc
import PianoRoll
import Testing

/// Playing in real time; `realtime.sh` sets up the device and records what it hears.
@Suite(.serialized, .enabled(if: getenv("PIANOJYS_TEST_DEVICE") != nil, "run by realtime.sh"))
struct RealTimeTests {
    private let device = getenv("PIANOJYS_TEST_DEVICE").map { String(cString: $0) } ?? "default"
    private let recording = getenv("PIANOJYS_TEST_RECORDING").map { String(cString: $0) } ?? ""

    /// Eight bars, so that dropouts get their chance, after a second of silence: what a monitor has recorded of the
    /// silence before a stream started is not replaced when PulseAudio puts the stream's beginning in its place.
    private var score: Score {
        var score = Score.twoBars
        score.notes = (0..<4).flatMap { repetition in
            Score.twoBars.notes.map { note in
                Note(
                    pitch: note.pitch, channel: note.channel, track: note.track,
                    startTick: note.startTick + 960 + repetition * 3_840,
                    endTick: note.endTick + 960 + repetition * 3_840)
            }
        }
        score.endTick = 960 + 4 * 3_840
        return score
    }

    @Test func whatIsHeardIsWhatWasRendered() throws {
        let font = try SoundFont.locate()
        let player = try PCMPlayer(device: device)
        var options = Renderer.Options()
        options.sampleRate = player.sampleRate
        let clip = try Renderer(score: score, soundFont: font, options: options).render()
        let alreadyRecorded = bytes(ofFile: recording).count / 4 * 4

        let start = ContinuousClock.now
        var heard: [(clock: Duration, sound: Double)] = []
        let report = try player.play(Renderer(score: score, soundFont: font, options: options)) {
            false
        } progress: {
            heard.append((ContinuousClock.now - start, $0))
        }
        let elapsed = (ContinuousClock.now - start) / .seconds(1)
        print("played \(clip.duration) s in \(elapsed) s; \(report)")
        #expect(report.underruns == 0)
        #expect(abs(elapsed - clip.duration) < 0.25)

        // The display is not ahead of the sound, nor far behind it.
        let lags = heard.dropFirst(8).map { $0.clock / .seconds(1) - $0.sound }
        print("position behind the clock: \(lags.min() ?? 0)...\(lags.max() ?? 0) s")
        #expect(lags.allSatisfy { $0 > -0.05 && $0 < 0.25 })

        usleep(300_000)
        let room = samples16(bytes(ofFile: recording).dropFirst(alreadyRecorded))
        let rendered = Array(clip.pcm16.drop { $0 == 0 })
        let first = room.firstIndex { $0 != 0 } ?? 0
        let last = room.lastIndex { $0 != 0 } ?? 0
        let end = rendered.lastIndex { $0 != 0 } ?? 0
        print("recorded \(Double(last - first) / 88_200) s, rendered \(Double(end) / 88_200) s")
        #expect(abs(Double(last - first) - Double(end)) / 88_200 < 0.05)
        let differences = zip(room[first...], rendered[...end]).lazy.filter { $0 != $1 }.count
        #expect(differences == 0)
    }

    /// A source that keeps the device waiting once.
    private final class Sleeper: SampleSource {
        let sampleRate: Int
        private let tone: Tone
        private var reads = 0

        init(sampleRate: Int) {
            self.sampleRate = sampleRate
            tone = Tone(frames: 2 * sampleRate, sampleRate: sampleRate)
        }

        func read(into buffer: inout MutableSpan<Float>) -> Int {
            reads += 1
            if reads == 20 { usleep(400_000) }
            return tone.read(into: &buffer)
        }
    }

    @Test func anUnderrunIsRecoveredAndCounted() throws {
        let player = try PCMPlayer(device: device)
        let report = try player.play(Sleeper(sampleRate: player.sampleRate))
        print(report)
        #expect(report.underruns == 1)
        #expect(report.frames == 2 * player.sampleRate)
    }
}
