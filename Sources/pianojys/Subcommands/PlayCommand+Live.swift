import Audio
import Composition
import OutputFiles
import PianoRoll

extension PlayCommand {
    /// Periods for music that nobody waits for: 740 ms in the device, so that a busy machine may keep us waiting.
    private static let livePeriod = 8_192

    /// Composes and plays until the end, which may never come.
    func playLive(_ console: Console) throws {
        try live.check()
        guard !sound.humanize else {
            throw Failure.usage("--humanize shapes pieces that are there; leave it out with --live")
        }
        if let record = live.record { try OutputFile.check(record) }
        let choice = try live.choice()
        let grids = try model.load()
        let programs = try InstrumentList(instrument).programs(lanes: grids.lanes)
        let melody = try live.melody(for: grids, console: console)
        let settings = try sampling.settings(
            model: grids, task: melody == nil ? "continue" : "harmonise", schedules: model.schedules(),
            note: console.note)
        // The first window of a piece is composed as by 'generate'.
        let openingSchedule =
            melody != nil
            ? nil
            : try sampling.resolvedSchedule(
                model: grids, task: "generate", sampler: settings.sampler, schedules: model.schedules(),
                note: { _ in })
        let piece = try EndlessPiece(
            composer: model.composer(grids, transpositions: sampling.transpositions), settings: settings,
            openingSchedule: openingSchedule,
            plan: .init(
                bars: live.bars, pieceBars: live.barsOfPieces, melody: melody?.task, choice: choice))
        let (timing, phraseSteps) = (piece.plan.timing, piece.phraseSteps)
        let tempo = live.tempo ?? melody?.score.tempos.first?.quartersPerMinute ?? 90
        let secondsPerStep = 60 / tempo / Double(timing.stepsPerQuarter)
        let origin = Origin(
            command: "play --live", model: grids.name, task: melody == nil ? "live" : "harmonise",
            schedule: sampling.schedule, sampler: settings.sampler.name,
            nfe: settings.sampler.calls(steps: settings.schedule.stepCount), seed: settings.seed, calls: 0,
            temperature: sampling.temperature, topP: sampling.topP, avoided: settings.avoided,
            details: live.details + Transpositions.details(sampling.transpositions) + [
                ("precision", try model.precisionName())
            ])

        let player = try openPlayer(periodSize: Self.livePeriod, console: console)
        let interruption = Interruption()
        let composing = ComposingThread(piece, ahead: live.barsAhead)
        // Nothing may end the program while the thread computes.
        defer { _ = composing.stop() }
        var bars = LiveBars(
            composing.bars, lanes: grids.lanes, phraseBars: phraseSteps / timing.stepsPerBar)
        var recording = TokenGrid(
            vocabulary: grids.vocabulary, lanes: grids.lanes, timing: timing, tokens: [])
        var steps = 0
        let renderer = try sound.renderer(
            programs: programs, secondsPerStep: secondsPerStep, sampleRate: player.sampleRate
        ) {
            let repeats = bars.report.repeats
            guard let bar = bars.next() else { return nil }
            if repeats == 0, bars.report.repeats == 1 {
                console.endProgress()
                console.note(
                    "the next phrase is not ready: the last is repeated; a smaller --nfe or a larger --ahead helps"
                )
            }
            if live.record != nil { recording.tokens += bar.grid.tokens }
            steps += bar.grid.steps
            return Renderer.Stretch(steps: bar.grid.steps, events: bar.events)
        }
        let meter = LevelMeter(renderer)
        console.note(origin.text)
        while !composing.bars.waitUntilFull(milliseconds: 100), !interruption.isRaised {}
        let played = Result {
            try player.play(meter, isCancelled: { interruption.isRaised }) { seconds in
                guard Console.hasTerminal else { return }
                let bar = Int(seconds / secondsPerStep) / timing.stepsPerBar + 1
                console.progress(
                    "live  \(PositionDisplay.clock(seconds))  bar \(bar)  "
                        + "\(Self.count(composing.bars.count, "bar")) ahead")
            }
        }
        console.endProgress()
        let failure = composing.stop()

        // What the device has been given, to the step.
        let seconds = Double(renderer.position) / Double(player.sampleRate)
        let heard = min(steps, Int((seconds / secondsPerStep).rounded(.up)))
        if let record = live.record {
            recording = recording.slice(steps: 0..<min(heard, recording.steps))
            try write(
                recording, to: record, tempo: tempo, key: choice.key, programs: programs, origin: origin)
        }
        let underruns = (try? played.get().underruns).map { ", " + Self.count($0, "underrun") } ?? ""
        let lead = bars.report.smallestLead.map { ", smallest lead " + Self.count($0, "bar") } ?? ""
        console.note(
            "played \(Self.count(heard / timing.stepsPerBar, "bar")) in \(PositionDisplay.clock(seconds))\(underruns)\(lead), "
                + Self.count(bars.report.repeats, "repeat"))
        let report = try played.get()
        tell(report, of: player, console)
        if let note = sound.clippingNote(meter.level) { console.note(note) }
        if let failure { throw failure }
        if report.wasCancelled { throw Failure.interrupted }
    }

    private static func count(_ number: Int, _ what: String) -> String {
        "\(number) \(what)\(number == 1 ? "" : "s")"
    }

    private func write(
        _ grid: TokenGrid, to path: String, tempo: Double, key: Score.Key?, programs: [UInt8?],
        origin: Origin
    ) throws {
        var voices = TokenGrid.standardVoices(lanes: grid.lanes)
        for (lane, program) in programs.enumerated() { voices[lane].program = program }
        let score = try grid.decoded(
            .init(quartersPerMinute: tempo, key: key, voices: voices, texts: [origin.text]))
        try Take(grid: grid, score: score, info: origin.info, title: origin.text).write(
            to: path, sound: sound, isCancelled: { false })
        if !output.quiet, path != "-" { try Console.result(path) }
    }
}
