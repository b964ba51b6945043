import Audio
import Glibc
import PianoRoll
import Testing

/// Playing without a sound card: ALSA's `file` device keeps what it is handed.
@Suite struct PCMPlayerTests {
    private let folder = TemporaryFolder()

    private func player(period: Int = 1_024, periods: Int = 4) throws -> PCMPlayer {
        try PCMPlayer(
            device: "file:FILE=\(folder.path)/out.raw,FORMAT=raw", periodFrames: period, periods: periods)
    }

    private func captured() -> [Int16] { samples16(bytes(ofFile: "\(folder.path)/out.raw")) }

    @Test(arguments: [(1_024, 4), (441, 3), (64, 2), (16_384, 2)])
    func theDeviceGetsTheRenderedSamples(period: Int, periods: Int) throws {
        let font = try SoundFont.locate()
        let clip = try Renderer(score: .twoBars, soundFont: font).render()
        let renderer = try Renderer(score: .twoBars, soundFont: font)
        let report = try player(period: period, periods: periods).play(renderer)
        #expect(captured() == clip.pcm16)
        #expect(report.frames == clip.frameCount)
        #expect(report.underruns == 0 && report.suspensions == 0 && !report.wasCancelled)
    }

    @Test(arguments: [0, 1, 100, 1_023, 1_024, 1_025, 4_096, 4_097]) func everyLengthIsPlayedToItsEnd(
        frames: Int
    ) throws {
        do {
            let report = try player().play(Tone(frames: frames))
            #expect(report.frames == frames)
        }
        #expect(captured().count == 2 * frames)
    }

    @Test func aPlayerPlaysMoreThanOnce() throws {
        do {
            let player = try player()
            for _ in 0..<2 { #expect(try player.play(Tone(frames: 5_000)).frames == 5_000) }
        }
        #expect(captured().count == 2 * 10_000)
    }

    @Test func progressGoesUpToTheWholeLength() throws {
        var seconds: [Double] = []
        _ = try player().play(Tone(frames: 44_100)) {
            false
        } progress: {
            seconds.append($0)
        }
        #expect(seconds == seconds.sorted())
        #expect(seconds.last == 1)
        #expect(seconds.count >= 44)
    }

    @Test func cancellingFadesOutWithinAPeriod() throws {
        var asked = 0
        do {
            let report = try player().play(Tone(frames: 100_000)) {
                asked += 1
                return asked > 10
            }
            #expect(report.wasCancelled)
            #expect(report.frames == 11 * 1_024)
        }
        let samples = captured()
        #expect(samples.count == 2 * 11 * 1_024)
        #expect(samples.suffix(8).allSatisfy { abs(Int($0)) < 100 })
    }

    @Test func aDeviceThatIsNotThereIsNamedWithWhatToDo() {
        do {
            _ = try PCMPlayer(device: "no-such-device")
            Issue.record("opened")
        } catch {
            guard case .deviceUnavailable("no-such-device", _) = error else {
                return #expect(Bool(false), "\(error)")
            }
            let text = String(describing: error)
            #expect(text.contains("pianojys render") && !text.contains("\n"))
        }
    }

    @Test func settingsOutOfRangeAreRefused() {
        #expect(throws: AudioError.self) { try PCMPlayer(device: "null", periods: 1) }
        #expect(throws: AudioError.self) { try PCMPlayer(device: "null", periodFrames: 0) }
        #expect(throws: AudioError.self) { try PCMPlayer(device: "null", sampleRate: -1) }
    }

    @Test func devicesAreListed() {
        let devices = PCMPlayer.devices()
        #expect(devices.contains { $0.name == "null" })
        #expect(devices.allSatisfy { !$0.description.contains("\n") })
    }

    /// A configuration of its own, read from the environment: hence a process of its own.
    @Test func aDevicesOwnRateIsTaken() async {
        await #expect(processExitsWith: .success) {
            let configuration = """
                </usr/share/alsa/alsa.conf>
                pcm.studio { type plug slave { pcm null rate 48000 format S32_LE channels 8 } }
                """
            let status = TemporaryFolder.with { folder -> Int32 in
                guard let file = fopen("\(folder.path)/asound.conf", "w") else { return 1 }
                fputs(configuration, file)
                fclose(file)
                setenv("ALSA_CONFIG_PATH", "\(folder.path)/asound.conf", 1)
                guard let player = try? PCMPlayer(device: "studio") else { return 2 }
                guard player.sampleRate == 48_000 else { return 3 }
                let tone = Tone(frames: 48_000, sampleRate: player.sampleRate)
                guard let report = try? player.play(tone) else { return 4 }
                return report.frames == 48_000 ? EXIT_SUCCESS : 5
            }
            exit(status)
        }
    }

    /// alsa-lib's own words on standard error, which only a process of its own can tell apart.
    @Test(arguments: [false, true]) func alsaIsSilentUnlessVerbose(isVerbose: Bool) async throws {
        let result = await #expect(processExitsWith: .success, observing: [\.standardErrorContent]) {
            [isVerbose] in
            AudioLog.isVerbose = isVerbose
            exit((try? PCMPlayer(device: "no-such-device")) == nil ? EXIT_SUCCESS : EXIT_FAILURE)
        }
        let messages = String(decoding: result?.standardErrorContent ?? [], as: UTF8.self)
        #expect(messages.contains("ALSA lib") == isVerbose)
    }
}
