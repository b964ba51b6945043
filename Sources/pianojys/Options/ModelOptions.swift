import ArgumentParser
import Composition
import NeuralEngine

/// Which model, and how it computes.
struct ModelOptions: ParsableArguments {
    @Option(
        name: .customLong("model"),
        help: "The model: a name that 'pianojys models' lists, or a file. (default: chorale)")
    var chosenModel: String?

    /// The model's name or file.
    var model: String { chosenModel ?? "chorale" }

    @Option(
        help: "The folder with Data/models and Schedules. (default: PIANOJYS_DATA, or found from the program)"
    )
    var data: String?

    @Option(help: "Threads for several takes or windows; as many as there are cores unless given.")
    var threads: Int?

    @Option(name: .customLong("precision"), help: "f32, bf16 or auto. (default: auto)")
    var namedPrecision: String?

    /// The options that were given, by name.
    var given: [String] {
        let options: [(String, Bool)] = [
            ("--model", chosenModel != nil), ("--data", data != nil), ("--threads", threads != nil),
            ("--precision", namedPrecision != nil),
        ]
        return options.filter(\.1).map(\.0)
    }

    /// The folder of models and schedules.
    func folder() throws -> DataFolder { try DataFolder(explicit: data) }

    /// Reads the model.
    func load() throws -> GridModel {
        let file = try folder().modelFile(model)
        return try Failure.naming(file) { try GridModel(path: file) }
    }

    /// Where the model's optimised schedules lie.
    func schedules() throws -> ScheduleFolder { try folder().schedules(ofModel: model) }

    func threadCount() throws -> Int {
        guard let threads else { return Engine.threads }
        guard (1...1_024).contains(threads) else {
            throw Failure.usage("--threads \(threads) is not in 1...1024")
        }
        return threads
    }

    func chosenPrecision() throws -> Precision? {
        guard let precision = namedPrecision, precision != "auto" else { return nil }
        guard let chosen = Precision(rawValue: precision) else {
            throw Failure.usage("--precision is auto, f32 or bf16, not '\(precision)'")
        }
        return chosen
    }

    /// The precision that is computed in: with another the same seed may give other notes.
    func precisionName() throws -> String {
        (try chosenPrecision() ?? (Engine.hasBF16 ? .bf16 : .f32)).rawValue
    }

    /// A composer with the model, which is asked in so many keys.
    func composer(_ model: GridModel, transpositions: Int) throws -> Composer {
        try Transpositions.check(transpositions, for: model)
        return Composer(
            model: model, transpositions: transpositions, precision: try chosenPrecision(),
            threads: try threadCount())
    }
}
