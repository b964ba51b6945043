import Composition
import DiscreteDiffusion
import FoundationEssentials
import Glibc
import JumpYourSteps

/// Where models and schedules lie.
struct DataFolder {
    /// The folder that holds `Data/models` and `Schedules`.
    let path: String

    /// Finds the folder: the one named, else PIANOJYS_DATA, else beside the program, above it, or here.
    ///
    /// - Throws: `Failure.noInput` if one is named and is not there.
    init(explicit: String?) throws {
        let variable = Console.variable("PIANOJYS_DATA").flatMap { $0.isEmpty ? nil : $0 }
        if let named = explicit ?? variable {
            guard access(named, R_OK | X_OK) == 0 else {
                throw Failure.noInput(
                    "\(named): no such folder (given by \(explicit == nil ? "PIANOJYS_DATA" : "--data"))")
            }
            path = named
            return
        }
        path = Self.candidates.first { access($0 + "/Data/models", R_OK) == 0 } ?? "."
    }

    private static var candidates: [String] {
        var buffer = [CChar](repeating: 0, count: 4_096)
        let length = readlink("/proc/self/exe", &buffer, buffer.count - 1)
        guard length > 0 else { return ["."] }
        let program = String(decoding: buffer[..<length].map { UInt8(bitPattern: $0) }, as: UTF8.self)
        var folders: [String] = []
        var folder = program
        while let slash = folder.lastIndex(of: "/") {
            folder = String(folder[..<slash])
            if folders.isEmpty { folders.append(folder + "/../share/pianojys") }
            folders.append(folder.isEmpty ? "/" : folder)
        }
        return folders + ["."]
    }

    /// The names of the models there are.
    var modelNames: [String] {
        let folder = path + "/Data/models"
        let names = (try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? []
        return names.filter { access("\(folder)/\($0)/model.safetensors", R_OK) == 0 }.sorted()
    }

    /// The file of a model: by name, or a path to a file or a folder.
    ///
    /// - Throws: `Failure.noInput`.
    func modelFile(_ name: String) throws -> String {
        var places = ["\(path)/Data/models/\(name)/model.safetensors"]
        if name.contains("/") || name.hasSuffix(".safetensors") || !modelNames.contains(name) {
            places = ["\(name)/model.safetensors", name] + places
        }
        for place in places where access(place, R_OK) == 0 && !isFolder(place) { return place }
        let known = modelNames
        throw Failure.noInput(
            known.isEmpty
                ? "no model '\(name)': there is none in \(path)/Data/models; name the data folder with --data, or a "
                    + "model's file with --model"
                : "no model '\(name)'; there are \(known.joined(separator: ", ")), or give a model's file")
    }

    /// The file of a corpus: by name, or a path to a file.
    ///
    /// - Throws: `Failure.noInput`.
    func corpusFile(_ name: String) throws -> String {
        for place in [name, "\(path)/Data/corpora/\(name).corpus"]
        where access(place, R_OK) == 0 && !isFolder(place) { return place }
        throw Failure.noInput(
            "no corpus '\(name)': neither a file nor a name in \(path)/Data/corpora; make one with "
                + "'pianojys corpus build'")
    }

    private func isFolder(_ path: String) -> Bool {
        var status = stat()
        return stat(path, &status) == 0 && status.st_mode & S_IFMT == S_IFDIR
    }

    /// The names of a model's files of optimised schedules: TASK-SAMPLER.
    func scheduleNames(model: String) -> [String] {
        let files = (try? FileManager.default.contentsOfDirectory(atPath: "\(path)/Schedules/\(model)")) ?? []
        return files.filter { $0.hasSuffix(".json") }.map { String($0.dropLast(5)) }.sorted()
    }

    /// Where the optimised schedules of a model for a task lie.
    func scheduleFile(model: String, task: String, sampler: String) -> String {
        "\(path)/Schedules/\(model)/\(task)-\(sampler).json"
    }

    /// The optimised schedule of a task; that of `generate` where the task has none of its own, and that of `tweedie` where the
    /// sampler has none. For `euler` and `gillespie` that is the same cost, for the others the nearest there is.
    ///
    /// - Throws: `Failure.noInput` if there is no file, `ScheduleFileError` if it is not as it should be.
    func optimisedSchedule(model: GridModel, task: String, sampler: String, steps: Int) throws -> Schedule {
        let (process, model) = (model.process.name, model.name)
        let choices = [sampler, "tweedie"].flatMap { sampler in
            [task, "generate"].map { scheduleFile(model: model, task: $0, sampler: sampler) }
        }
        guard let file = choices.first(where: { access($0, R_OK) == 0 }) else {
            throw Failure.noInput(
                "there are no optimised schedules for the model \(model) (\(choices[choices.count - 1])); "
                    + "make them with 'pianojys optimize --model \(model)', or take --schedule uniform")
        }
        return try Self.schedule(file: file, steps: steps, model: model, process: process)
    }

    /// A schedule of a file, made for this model (nil takes any) and this noise.
    static func schedule(file: String, steps: Int, model: String?, process: String) throws -> Schedule {
        let bytes = try InputFile.bytes(file)
        return try ScheduleFile(json: Data(bytes), named: file, model: model, process: process)
            .schedule(stepCount: steps)
    }
}
