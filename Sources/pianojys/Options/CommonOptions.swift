import ArgumentParser
import Audio
import Composition
import DiscreteDiffusion
import NeuralEngine
import PianoRoll

/// What every command is told of how much to say.
struct ConsoleOptions: ParsableArguments {
    @Flag(name: .shortAndLong, help: "Say nothing but results and errors.")
    var quiet = false

    @Flag(name: .shortAndLong, help: "Say more: what is odd in the input, what libraries say.")
    var verbose = false

    var console: Console {
        AudioLog.isVerbose = verbose
        return Console(isQuiet: quiet, isVerbose: verbose)
    }
}

/// Which model, and how it computes.
struct ModelOptions: ParsableArguments {
    @Option(help: "The model: a name that 'pianojys models' lists, or a file.")
    var model = "chorale"

    @Option(
        help: "The folder with Data/models and Schedules. (default: PIANOJYS_DATA, or found from the program)"
    )
    var data: String?

    @Option(help: "Threads; as many as there are cores unless given.")
    var threads: Int?

    @Option(help: "f32, bf16 or auto.")
    var precision = "auto"

    /// The folder of models and schedules.
    func folder() throws -> DataFolder { try DataFolder(explicit: data) }

    /// Reads the model.
    func load() throws -> GridModel {
        let file = try folder().modelFile(model)
        return try Failure.naming(file) { try GridModel(path: file) }
    }

    func threadCount() throws -> Int {
        guard let threads else { return Engine.threads }
        guard (1...1_024).contains(threads) else {
            throw Failure.usage("--threads \(threads) is not in 1...1024")
        }
        return threads
    }

    func chosenPrecision() throws -> Precision? {
        if precision == "auto" { return nil }
        guard let chosen = Precision(rawValue: precision) else {
            throw Failure.usage("--precision is auto, f32 or bf16, not '\(precision)'")
        }
        return chosen
    }

    /// A composer with the model.
    func composer(_ model: GridModel) throws -> Composer {
        Composer(model: model, precision: try chosenPrecision(), threads: try threadCount())
    }
}

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
        model: String, task: String, sampler: any Sampler, folder: DataFolder
    ) throws -> Schedule {
        guard (1...1_000_000).contains(nfe) else {
            throw Failure.usage("--nfe \(nfe): give the number of calls of the model, at least 1")
        }
        let steps = sampler.steps(withinCalls: nfe)
        guard steps > 0 else {
            throw Failure.usage("--nfe \(nfe): a step of \(sampler.name) is \(sampler.calls(steps: 1)) calls")
        }
        switch schedule {
        case "uniform": return try Schedule.uniform(steps)
        case "cosine": return try Schedule.cosine(steps)
        case "jys":
            return try folder.optimisedSchedule(model: model, task: task, sampler: sampler.name, steps: steps)
        default: return try DataFolder.schedule(file: schedule, steps: steps, model: nil)
        }
    }

    func settings(model: String, task: String, folder: DataFolder) throws -> Composer.Settings {
        let sampler = try SamplerChoice(name: sampler).sampler()
        return Composer.Settings(
            sampler: sampler,
            schedule: try chosenSchedule(model: model, task: task, sampler: sampler, folder: folder),
            shaping: try PosteriorShaping(temperature: temperature, topP: topP),
            // Nine digits can be told and typed.
            seed: seed ?? UInt64.random(in: 1...999_999_999))
    }
}

/// How a score becomes sound.
struct SoundOptions: ParsableArguments {
    @Option(help: "The sound font. (default: PIANOJYS_SOUNDFONT, or the system's)")
    var soundfont: String?

    @Option(help: "Volume, 0 to 10.")
    var gain = 0.5

    @Flag(help: "No reverb and no chorus.")
    var dry = false

    /// A renderer of a score.
    func renderer(_ score: Score, sampleRate: Int) throws -> Renderer {
        let font = try SoundFont.locate(
            explicit: soundfont, environment: Console.variable("PIANOJYS_SOUNDFONT"))
        var options = Renderer.Options()
        options.sampleRate = sampleRate
        options.gain = gain
        options.reverb = !dry
        options.chorus = !dry
        return try Renderer(score: score, soundFont: font, options: options)
    }
}
