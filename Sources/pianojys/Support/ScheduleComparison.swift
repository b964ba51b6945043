import Composition
import DiscreteDiffusion
import MIDIFile
import PianoRoll
import Plots

/// Pieces of one task by two schedules, for several seeds and numbers of calls.
struct ScheduleComparison {
    /// A schedule for a number of calls.
    struct Setting {
        /// What was asked for, and stands in names and commands.
        let nfe: Int
        let sampling: ScheduleEvaluation.Sampling
    }

    /// A piece that was composed.
    struct Piece {
        let setting: Setting
        let seed: UInt64
        let grid: TokenGrid
        let midi: [UInt8]
        /// The name of its files, without the ending.
        let name: String
    }

    /// The two schedules, in the order in which they are shown.
    static let schedules = ["uniform", "jys"]

    let request: CompositionRequest
    let composer: Composer
    /// For each number of calls the settings of both schedules.
    let settings: [[Setting]]
    let seeds: [UInt64]
    /// What stands in the file of a piece, made by a setting from a seed.
    let text: (Setting, UInt64) -> String

    /// Composes everything, pair by pair: the pieces that `generate` makes of the same options.
    func compose(progress: (Double) throws -> Void) throws -> [[Piece]] {
        let total = Double(settings.count * seeds.count * Self.schedules.count)
        var done = 0.0
        return try settings.flatMap { pair in
            try seeds.map { seed in
                try pair.map { setting in
                    defer { done += 1 }
                    return try compose(setting, seed: seed) { try progress((done + $0) / total) }
                }
            }
        }
    }

    private func compose(
        _ setting: Setting, seed: UInt64, progress: (Double) throws -> Void
    ) throws -> Piece {
        var settings = setting.sampling.settings
        settings.seed = seed
        let made = try composer.compose(request.task, count: 1, settings: settings, progress: progress)
        let score = try request.score(
            made.grids[0], tempo: nil, programs: try InstrumentList(nil), text: text(setting, seed))
        return Piece(
            setting: setting, seed: seed, grid: made.grids[0], midi: try MIDIFile(score: score).encoded(),
            name: ComparisonFolder.name(seed: seed, nfe: setting.nfe, schedule: setting.sampling.schedule))
    }

    /// A plot of both schedules' times for each number of calls.
    var plots: [String] {
        settings.map { pair in
            let curves = pair.map { setting in
                let times = setting.sampling.settings.schedule.times
                return LinePlot.Series(
                    setting.sampling.schedule,
                    points: times.enumerated().map { .init(x: Double($0), y: $1) },
                    style: setting.sampling.schedule == "uniform" ? .dashed : .line)
            }
            let steps = pair[0].sampling.settings.schedule.stepCount
            let plot = LinePlot(
                title: "NFE \(pair[0].sampling.calls)", x: Axis("step", range: 0...Double(steps)),
                y: Axis("time", range: 0...1), series: curves.reversed())
            return PlotSheet([plot], plotWidth: 400, plotHeight: 320).svg()
        }
    }
}
