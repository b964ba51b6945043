import ArgumentParser
import Audio
import PianoRoll

/// `pianojys play`: MIDI to the loudspeaker.
struct PlayCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "play",
        abstract: "Play a MIDI file through ALSA.",
        discussion: """
            Ctrl-C fades out and ends. Where sound is interrupted, larger periods help: --period-size 4096.

            EXAMPLES
              pianojys play out.mid
              pianojys play --device plughw:0 --period-size 2048 out.mid
              pianojys play --list-devices
            """)

    @Argument(help: "The MIDI files, or grids in JSON; '-' is standard input.")
    var inputs: [String] = []

    @Option(help: "The ALSA device.")
    var device = "default"

    @Option(help: "Frames handed over at a time, 16 to 65536.")
    var periodSize = 1_024

    @Option(help: "Periods the device holds, 2 to 64.")
    var periods = 4

    @Option(help: "Frames a second to ask the device for, 8000 to 96000.")
    var rate = 44_100

    @Flag(help: "List the devices and end.")
    var listDevices = false

    @OptionGroup
    var piece: PieceOption

    @OptionGroup(title: "Sound")
    var sound: SoundOptions

    @Option(
        help:
            "General MIDI programs, by number or name, one for all voices or one each. (default: as in the file)"
    )
    var instrument: String?

    @OptionGroup
    var output: ConsoleOptions

    func run() throws {
        let console = output.console
        if listDevices {
            let devices = PCMPlayer.devices()
            if devices.isEmpty { console.note("ALSA names no playback devices") }
            for device in devices {
                try Console.result(
                    device.description.isEmpty ? device.name : "\(device.name)\t\(device.description)")
            }
            return
        }
        guard !inputs.isEmpty else { throw Failure.usage("play needs a MIDI file, or --list-devices") }
        let instruments = try InstrumentList(instrument)
        let scores = try inputs.map {
            try instruments.applied(to: InputFile.music($0, piece: piece, console: console))
        }
        // From here on, since waiting for input is better ended at once.
        let interruption = Interruption()
        for (input, score) in zip(inputs, scores) { try play(score, named: input, console, interruption) }
    }

    private func play(_ score: Score, named name: String, _ console: Console, _ interruption: Interruption)
        throws
    {
        let player = try PCMPlayer(
            device: device, sampleRate: rate, periodFrames: periodSize, periods: periods)
        console.detail(
            "\(player.device): \(player.sampleRate) Hz, periods of \(player.periodFrames) frames, "
                + "\(player.bufferFrames) frames in all")
        let renderer = try sound.renderer(score, sampleRate: player.sampleRate)
        let length = Double(renderer.scoreFrames) / Double(player.sampleRate)
        let playhead = Playhead(score)
        let report = try player.play(
            renderer, isCancelled: { interruption.isRaised },
            progress: { seconds in
                guard Console.hasTerminal else { return }
                let pitches = playhead.notes(atSeconds: seconds).prefix(8).map {
                    TokenGrid.name(ofPitch: $0.pitch)
                }
                console.progress(
                    "\(name)  \(Self.clock(seconds)) / \(Self.clock(length))  bar \(playhead.bar(atSeconds: seconds)) of "
                        + "\(playhead.barCount)  \(pitches.joined(separator: " "))")
            })
        console.endProgress()
        if report.underruns > 0 {
            console.note(
                "the device ran dry \(report.underruns == 1 ? "once" : "\(report.underruns) times"); "
                    + "try --period-size \(min(65_536, 2 * player.periodFrames))")
        }
        if report.suspensions > 0 { console.note("the machine was suspended; playing went on after it") }
        if report.wasCancelled { throw Failure.interrupted }
    }

    private static func clock(_ seconds: Double) -> String {
        let whole = Int(max(0, seconds))
        return "\(whole / 60):\(whole % 60 < 10 ? "0" : "")\(whole % 60)"
    }
}
