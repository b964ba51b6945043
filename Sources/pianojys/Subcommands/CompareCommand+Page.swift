import ComparisonPage
import Composition
import OutputFiles
import PianoRoll

// What the page says of the pieces.
extension CompareCommand {
    /// What made a piece, as `generate` tells it.
    func origin(
        _ grids: GridModel, _ request: CompositionRequest
    ) throws -> (ScheduleComparison.Setting, UInt64) -> Origin {
        let details =
            task.details(bars: request.bars)
            + Transpositions.details(transpositions) + [("precision", try model.precisionName())]
        return { setting, seed in
            Origin(
                model: grids.name, task: request.name, schedule: setting.sampling.schedule,
                sampler: setting.sampling.settings.sampler.name,
                nfe: setting.sampling.calls, seed: seed, calls: setting.sampling.calls,
                temperature: temperature,
                topP: topP, avoided: setting.sampling.settings.avoided, details: details)
        }
    }

    /// Renders every piece with the gain of the loudest, and tells it.
    func writeSounds(
        _ pairs: [[ScheduleComparison.Piece]], _ sound: ComparisonSound, to folder: OutputFolder,
        interruption: Interruption, console: Console
    ) throws -> Double {
        let pieces = Array(pairs.joined())
        var bar = ProgressBar("rendering", console: console)
        let isCancelled = { interruption.isRaised }
        let gain = try sound.gain(pieces.map(\.midi), isCancelled: isCancelled) { bar.show($0 / 2) }
        for (index, piece) in pieces.enumerated() {
            try sound.write(
                piece.midi, gain: gain, to: folder.path(of: piece.name + ".ogg"), isCancelled: isCancelled)
            bar.show((1 + Double(index + 1) / Double(pieces.count)) / 2)
        }
        console.endProgress()
        return gain
    }

    func pair(
        _ pieces: [ScheduleComparison.Piece], by grids: GridModel, in folder: OutputFolder,
        sound: ComparisonSound?, gain: Double?
    ) throws -> ComparisonPage.Pair {
        let made = try pieces.map { piece in
            let (midi, ogg) = (piece.name + ".mid", piece.name + ".ogg")
            var commands = [try generateCommand(piece, grids, file: midi)]
            if let sound, let gain { commands.append(sound.command(gain: gain, midi: midi, ogg: ogg)) }
            return ComparisonPage.Piece(
                schedule: piece.setting.sampling.schedule,
                roll: piece.grid.svg(.init(width: 440, stepWidth: 6, rowHeight: 6)),
                sound: try sound.map { _ in
                    .init(ogg: try InputFile.bytes(folder.path(of: ogg)), file: ogg)
                }, midiFile: midi, commands: commands)
        }
        return .init(seed: pieces[0].seed, nfe: pieces[0].setting.sampling.calls, made[0], made[1])
    }

    private func generateCommand(
        _ piece: ScheduleComparison.Piece, _ grids: GridModel, file: String
    ) throws -> String {
        ShellCommand.text(
            ["pianojys", "generate"] + (try modelWords())
                + ["--seed", "\(piece.seed)", "--nfe", "\(piece.setting.nfe)"]
                + ["--schedule", piece.setting.sampling.schedule] + samplingWords(grids) + task.words + [file]
        )
    }

    func evaluateCommand(_ grids: GridModel) throws -> String {
        ShellCommand.text(
            ["pianojys", "evaluate"] + (try modelWords()) + (try metrics.words(for: grids)) + ["--nfe", nfe]
                + ["--schedules", ScheduleComparison.schedules.joined(separator: ",")] + samplingWords(grids))
    }

    private func modelWords() throws -> [String] {
        ["--model", model.model] + (model.data.map { ["--data", $0] } ?? [])
            + ["--precision", try model.precisionName()]
    }

    func facts(
        _ grids: GridModel, _ request: CompositionRequest, seeds: [UInt64], sound: ComparisonSound?,
        gain: Double?
    ) -> [ComparisonPage.Fact] {
        var facts: [ComparisonPage.Fact] = [
            .init("Model", grids.name),
            .init("Task", "\(request.name), \(request.bars) \(request.bars == 1 ? "bar" : "bars")"),
            .init(
                "Sampler",
                SamplerChoice.name(sampler, for: grids.process)
                    + (temperature == 1 ? "" : ", temperature \(temperature)")
                    + (topP == 1 ? "" : ", top-p \(topP)")
                    + (transpositions == 1 ? "" : ", \(transpositions) transpositions")),
            .init("Avoided", "\(AvoidedFaults(avoid.faults(for: grids)))"),
            .init("NFE", nfe.replacing(",", with: ", ")),
            .init("Seeds", self.seeds.replacing(",", with: ", ")),
        ]
        if let sound, let gain {
            facts.append(.init("Sound", "\(sound.fontName), gain \(gain) for all pieces"))
        }
        return facts
    }
}
