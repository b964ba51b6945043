import ArgumentParser
import Corpus
import Foundation

/// Why a corpus command ends without having done its work: one line for the user, and an exit code.
enum CorpusFailure: Error, CustomStringConvertible {
    case badData(String)
    case noInput(String)
    case cannotCreate(String)
    case cannotWrite(String)

    var description: String {
        switch self {
        case .badData(let what), .noInput(let what), .cannotCreate(let what), .cannotWrite(let what): what
        }
    }

    /// The codes of sysexits.h.
    var exitCode: ExitCode {
        switch self {
        case .badData: ExitCode(65)
        case .noInput: ExitCode(66)
        case .cannotCreate: ExitCode(73)
        case .cannotWrite: ExitCode(74)
        }
    }

    /// Runs a command's work; if it fails, says why on standard error and ends with the right exit code.
    static func reported(_ work: () throws -> Void) throws {
        do {
            try work()
        } catch let failure as CorpusFailure {
            FileHandle.standardError.write(Data("pianojys: \(failure)\n".utf8))
            throw failure.exitCode
        }
    }
}

/// The MIDI files of a folder and its subfolders, by their paths within it, in order.
struct MIDIFolder {
    let path: String
    let files: [String]

    init(path: String) throws {
        var isFolder: ObjCBool = false
        guard FileManager.default.fileExists(atPath: path, isDirectory: &isFolder) else {
            throw CorpusFailure.noInput("\(path): no such folder")
        }
        guard isFolder.boolValue else {
            throw CorpusFailure.badData("\(path) is a file; give the folder that holds the MIDI files")
        }
        guard let all = try? FileManager.default.subpathsOfDirectory(atPath: path) else {
            throw CorpusFailure.noInput("\(path): cannot be read")
        }
        self.path = path
        files = all.filter { ["mid", "midi"].contains(($0 as NSString).pathExtension.lowercased()) }.sorted()
        if files.isEmpty { throw CorpusFailure.badData("\(path): no files that end in .mid or .midi") }
    }

    /// Adds the files to a builder: first those of the manifest in its order, then the others.
    func add(to builder: inout CorpusBuilder, manifest: CorpusManifest?) {
        var left = Set(files)
        for entry in manifest?.pieces ?? [] {
            if left.remove(entry.file) != nil {
                add(entry.file, entry: entry, to: &builder)
            } else {
                builder.skip(file: entry.file, because: .missing)
            }
        }
        for file in files where left.contains(file) { add(file, entry: nil, to: &builder) }
    }

    private func add(_ file: String, entry: CorpusManifest.Entry?, to builder: inout CorpusBuilder) {
        let url = URL(fileURLWithPath: (path as NSString).appendingPathComponent(file))
        do {
            builder.add(file: file, bytes: [UInt8](try Data(contentsOf: url)), entry: entry)
        } catch {
            builder.skip(file: file, because: .notReadable((error as NSError).localizedDescription))
        }
    }
}

/// Where corpus files are read and written.
enum CorpusOutput {
    /// Writes a corpus file under a temporary name and renames it; returns its path.
    static func write(_ bytes: [UInt8], to output: String, name: String) throws -> String {
        let files = FileManager.default
        var isFolder: ObjCBool = false
        let exists = files.fileExists(atPath: output, isDirectory: &isFolder)
        var path = output
        if output.hasSuffix("/") || (exists && isFolder.boolValue) {
            do {
                try files.createDirectory(atPath: output, withIntermediateDirectories: true)
            } catch {
                throw CorpusFailure.cannotCreate("\(output): cannot make this folder")
            }
            let fileName = name.replacingOccurrences(of: "/", with: "-")
            path = (output as NSString).appendingPathComponent("\(fileName).corpus")
        }
        let folder = (path as NSString).deletingLastPathComponent
        guard files.isWritableFile(atPath: folder.isEmpty ? "." : folder) else {
            throw CorpusFailure.cannotCreate("\(path): its folder is not there or cannot be written to")
        }
        do {
            try write(Data(bytes), to: URL(fileURLWithPath: path).resolvingSymlinksInPath())
        } catch {
            throw CorpusFailure.cannotWrite("\(path): \((error as NSError).localizedDescription)")
        }
        return path
    }

    /// Renaming puts a file in the place of what was there: right for a file, but a device or a pipe is written to.
    private static func write(_ data: Data, to url: URL) throws {
        let type = try? FileManager.default.attributesOfItem(atPath: url.path)[.type] as? FileAttributeType
        if let type, type != .typeRegular, type != .typeSymbolicLink {
            let handle = try FileHandle(forWritingTo: url)
            try handle.write(contentsOf: data)
            try handle.close()
        } else {
            try data.write(to: url, options: .atomic)
        }
    }

    /// Reads a corpus file.
    static func read(_ path: String) throws -> Corpus {
        let data: Data
        do {
            data = try Data(contentsOf: URL(fileURLWithPath: path))
        } catch {
            throw CorpusFailure.noInput("\(path): no such file, or it cannot be read")
        }
        do throws(CorpusDecodingError) {
            return try Corpus(decoding: [UInt8](data))
        } catch {
            throw CorpusFailure.badData("\(path): \(error)")
        }
    }
}
