import ArgumentParser
import Audio
import PianoRoll

/// `pianojys play`: MIDI to the loudspeaker or to a MIDI port; with `--live`, music that is composed while it plays.
struct PlayCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "play",
        abstract: "Play a MIDI file through ALSA, or compose without end and play it.",
        discussion: """
            Ctrl-C fades out and ends. Where sound is interrupted, larger periods help: --period-size 4096, or 16384 live.

            EXAMPLES
              pianojys play out.mid
              pianojys play --device plughw:0 --period-size 2048 out.mid
              pianojys play --list-devices
              pianojys play --port 128:0 out.mid
              pianojys play --live --tempo 84 --key Am --record evening.mid
              pianojys play --live --melody hymn.mid --instrument 19
            """)

    @Argument(help: "The MIDI files, or grids in JSON; '-' is standard input.")
    var inputs: [String] = []

    @Option(help: "The ALSA device.")
    var device = "default"

    @Option(help: "Frames handed over at a time, 16 to 65536. (default: 1024; with --live 8192)")
    var periodSize: Int?

    @Option(help: "Periods the device holds, 2 to 64.")
    var periods = 4

    @Option(help: "Frames a second to ask the device for, 8000 to 96000.")
    var rate = 44_100

    @Flag(help: "List the devices and end.")
    var listDevices = false

    @Option(help: "Send the notes to this port of ALSA's sequencer, CLIENT:PORT, and make no sound.")
    var port: String?

    @OptionGroup
    var piece: PieceOption

    @OptionGroup(title: "Live")
    var live: LiveOptions

    @OptionGroup(title: "Sampling, with --live")
    var sampling: SamplingOptions

    @OptionGroup(title: "Model, with --live")
    var model: ModelOptions

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
        if live.live {
            guard inputs.isEmpty else {
                throw Failure.usage("--live composes what it plays; a melody goes to --melody")
            }
            guard port == nil else { throw Failure.usage("--port plays files, not --live") }
            return try playLive(console)
        }
        if let option = (live.given + sampling.given + model.given).first {
            throw Failure.usage("\(option) goes with --live")
        }
        guard !inputs.isEmpty else {
            throw Failure.usage("play needs a MIDI file, --live or --list-devices")
        }
        let instruments = try InstrumentList(instrument)
        let scores = try inputs.map {
            try instruments.applied(to: InputFile.music($0, piece: piece, console: console))
        }
        // From here on, since waiting for input is better ended at once.
        let interruption = Interruption()
        for (input, score) in zip(inputs, scores) {
            if let port {
                try send(score, named: input, to: port, console, interruption)
            } else {
                try play(score, named: input, console, interruption)
            }
        }
    }

    /// Opens the device.
    func openPlayer(periodSize usual: Int, console: Console) throws -> PCMPlayer {
        let player = try PCMPlayer(
            device: device, sampleRate: rate, periodFrames: periodSize ?? usual, periods: periods)
        console.detail(
            "\(player.device): \(player.sampleRate) Hz, periods of \(player.periodFrames) frames, "
                + "\(player.bufferFrames) frames in all")
        return player
    }

    private func send(
        _ score: Score, named name: String, to port: String, _ console: Console, _ interruption: Interruption
    ) throws {
        let player = try SequencerPlayer(port: port)
        let display = PositionDisplay(score, named: name, console: console)
        let wasCancelled = try player.play(
            score, isCancelled: { interruption.isRaised }, progress: display.show)
        console.endProgress()
        if wasCancelled { throw Failure.interrupted }
    }

    private func play(_ score: Score, named name: String, _ console: Console, _ interruption: Interruption)
        throws
    {
        let player = try openPlayer(periodSize: 1_024, console: console)
        let meter = LevelMeter(try sound.renderer(score, sampleRate: player.sampleRate))
        let display = PositionDisplay(score, named: name, console: console)
        let report = try player.play(
            meter, isCancelled: { interruption.isRaised }, progress: display.show)
        console.endProgress()
        tell(report, of: player, console)
        if let note = sound.clippingNote(meter.level) { console.note(note) }
        if report.wasCancelled { throw Failure.interrupted }
    }

    /// Says what interrupted the sound, and what helps.
    func tell(_ report: PCMPlayer.Report, of player: PCMPlayer, _ console: Console) {
        if report.underruns > 0 {
            console.note(
                "the device ran dry \(report.underruns == 1 ? "once" : "\(report.underruns) times"); "
                    + "try --period-size \(min(65_536, 2 * player.periodFrames))")
        }
        if report.suspensions > 0 { console.note("the machine was suspended; playing went on after it") }
    }
}
