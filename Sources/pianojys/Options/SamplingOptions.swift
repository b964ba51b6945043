import ArgumentParser
import Composition
import DiscreteDiffusion

/// How noise becomes music.
struct SamplingOptions: ParsableArguments {
    @Option(
        name: .customLong("nfe"),
        help: "Calls of the model for each window: more is better and slower. (default: 8)")
    var chosenNFE: Int?

    @Option(
        name: .customLong("schedule"),
        help: "jys (optimised), uniform, cosine, or a file made by 'pianojys optimize'. (default: jys)")
    var chosenSchedule: String?

    @Option(name: .customLong("sampler"), help: "\(SamplerChoice.names). \(SamplerChoice.standard)")
    var chosenSampler: String?

    @Option(help: "The seed of all that is random. (default: drawn, and told)")
    var seed: UInt64?

    @Option(
        name: .customLong("temperature"),
        help: "Below 1 more likely, above 1 more daring. (default: 1.0)")
    var chosenTemperature: Double?

    @Option(
        name: .customLong("top-p"),
        help:
            "Draw from the likeliest tokens that hold this share of the probability alone, above 0 to 1. (default: 1.0)"
    )
    var chosenTopP: Double?

    @Option(
        name: .customLong("avoid"),
        help:
            "Faults of voice leading to keep away from: fifths, octaves, crossings, leaps (by sevenths, or more than an octave), range, joined by commas; all, none, or rare: those that the pieces the model learnt from hardly have. What is kept as it was is not changed. (default: rare)",
        transform: AvoidedFaults.init(parsing:)
    )
    var chosenFaults: AvoidedFaults?

    @Option(name: .customLong("transpositions"), help: "\(Transpositions.help) (default: 1)")
    var chosenTranspositions: Int?

    var nfe: Int { chosenNFE ?? 8 }
    var schedule: String { chosenSchedule ?? "jys" }
    var temperature: Double { chosenTemperature ?? 1 }
    var topP: Double { chosenTopP ?? 1 }
    var transpositions: Int { chosenTranspositions ?? 1 }
    var avoided: AvoidedFaults { chosenFaults ?? .rare }

    /// The options of one row of several; the usual sampler if nil.
    static func row(
        nfe: Int, schedule: String, sampler: String?, temperature: Double, topP: Double,
        avoided: AvoidedFaults = .rare
    ) throws -> SamplingOptions {
        // With the value in one word, since it may begin with a dash.
        try parse(
            ["--nfe=\(nfe)", "--schedule=\(schedule)", "--temperature=\(temperature)", "--top-p=\(topP)"]
                + ["--avoid=\(avoided)"] + (sampler.map { ["--sampler=\($0)"] } ?? []))
    }

    /// The options that were given, by name.
    var given: [String] {
        let options: [(String, Bool)] = [
            ("--nfe", chosenNFE != nil), ("--schedule", chosenSchedule != nil),
            ("--sampler", chosenSampler != nil), ("--seed", seed != nil),
            ("--temperature", chosenTemperature != nil), ("--top-p", chosenTopP != nil),
            ("--avoid", chosenFaults != nil), ("--transpositions", chosenTranspositions != nil),
        ]
        return options.filter(\.1).map(\.0)
    }

    /// The schedule for a task and a sampler.
    ///
    /// - Parameter note: Is told where it is not quite what was asked for.
    /// - Throws: `Failure.usage`, `.noInput`, `ScheduleFileError`.
    func resolvedSchedule(
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
            return try schedules.schedule(
                named: schedule, of: model, task: task, sampler: sampler.name, steps: steps, note: note)
        }
    }

    func settings(
        model: GridModel, task: String, schedules: ScheduleFolder, note: (String) -> Void
    ) throws -> Composer.Settings {
        let avoided = avoided.faults(for: model)
        guard avoided.isEmpty || model.process.hasMask else {
            throw Failure.withoutMask("--avoid \(AvoidedFaults(avoided))", model)
        }
        let sampler = try SamplerChoice(name: SamplerChoice.name(chosenSampler, for: model.process)).sampler()
        guard model.process.hasMask || !sampler.needsMask else {
            throw Failure.withoutMask("--sampler \(sampler.name)", model)
        }
        return Composer.Settings(
            sampler: sampler,
            schedule: try resolvedSchedule(
                model: model, task: task, sampler: sampler, schedules: schedules, note: note),
            shaping: try PosteriorShaping(temperature: temperature, topP: topP),
            avoided: avoided,
            // Nine digits can be told and typed.
            seed: seed ?? UInt64.random(in: 1...999_999_999))
    }
}
