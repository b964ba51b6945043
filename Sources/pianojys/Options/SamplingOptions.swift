import ArgumentParser
import Composition
import DiscreteDiffusion

/// How noise becomes music.
struct SamplingOptions: ParsableArguments {
    @Option(help: "Calls of the model for each window: more is better and slower.")
    var nfe = 8

    @Option(help: "jys (optimised), uniform, cosine, or a file made by 'pianojys optimize'.")
    var schedule = "jys"

    @Option(help: "\(SamplerChoice.names).")
    var sampler = "tweedie"

    @Option(help: "The seed of all that is random. (default: drawn, and told)")
    var seed: UInt64?

    @Option(help: "Below 1 more likely, above 1 more daring.")
    var temperature = 1.0

    @Option(
        help: "Draw from the likeliest tokens that hold this share of the probability alone, above 0 to 1.")
    var topP = 1.0

    func chosenSchedule(
        model: GridModel, task: String, sampler: any Sampler, schedules: ScheduleFolder,
        note: (String) -> Void
    ) throws -> Schedule {
        guard (1...1_000_000).contains(nfe) else {
            throw Failure.usage("--nfe \(nfe): give the number of calls of the model, at least 1")
        }
        let steps = sampler.steps(withinCalls: nfe)
        guard steps > 0 else {
            throw Failure.usage("--nfe \(nfe): a step of \(sampler.name) is \(sampler.calls(steps: 1)) calls")
        }
        let calls = sampler.calls(steps: steps)
        if calls != nfe { note("\(sampler.name) takes \(calls) of the \(nfe) calls: \(nfe) cannot be had") }
        switch schedule {
        case "uniform": return try Schedule.uniform(steps)
        case "cosine": return try Schedule.cosine(steps)
        case "jys":
            return try schedules.schedule(
                of: model, task: task, sampler: sampler.name, steps: steps, note: note)
        default:
            return try ScheduleFolder.schedule(
                named: schedule, steps: steps, task: task, process: model.process.name, note: note)
        }
    }

    func settings(
        model: GridModel, task: String, schedules: ScheduleFolder, note: (String) -> Void
    ) throws -> Composer.Settings {
        let sampler = try SamplerChoice(name: sampler).sampler()
        return Composer.Settings(
            sampler: sampler,
            schedule: try chosenSchedule(
                model: model, task: task, sampler: sampler, schedules: schedules, note: note),
            shaping: try PosteriorShaping(temperature: temperature, topP: topP),
            // Nine digits can be told and typed.
            seed: seed ?? UInt64.random(in: 1...999_999_999))
    }
}
