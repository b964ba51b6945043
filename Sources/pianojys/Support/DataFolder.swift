import FoundationEssentials
import Glibc

/// Where models and schedules lie.
struct DataFolder {
    /// The folder that holds `Data/models` and `Schedules`.
    let path: String
    /// The folder as an option named it; nil if none did.
    let named: String?

    /// Finds the folder: the one named, else PIANOJYS_DATA, else beside the program, above it, or here.
    ///
    /// - Throws: `Failure.noInput` if one is named and is not there.
    init(explicit: String?) throws {
        named = explicit
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
        if isFolder(name) {
            throw Failure.noInput(
                "\(name) is a folder without model.safetensors, which 'pianojys train' writes")
        }
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

    /// Where the optimised schedules of a model lie: in `Schedules/NAME` for those of this folder, else beside the model's file.
    func schedules(ofModel name: String) throws -> ScheduleFolder {
        let file = try modelFile(name)
        let own = path + "/Data/models/"
        guard file.hasPrefix(own) else {
            let folder = file.lastIndex(of: "/").map { String(file[..<$0]) } ?? "."
            return ScheduleFolder(
                path: folder + "/schedules", shipped: path + "/Schedules", model: name, data: named)
        }
        let folder = file.dropFirst(own.count).prefix { $0 != "/" }
        return ScheduleFolder(
            path: "\(path)/Schedules/\(folder)", shipped: path + "/Schedules", model: name, data: named)
    }
}
