import ArgumentParser
import Corpus
import Foundation
import OutputFiles

/// The MIDI files of a folder and its subfolders, by their paths within it, in order.
struct MIDIFolder {
    let path: String
    let files: [String]

    init(path: String) throws {
        var isFolder: ObjCBool = false
        guard FileManager.default.fileExists(atPath: path, isDirectory: &isFolder) else {
            throw Failure.noInput("\(path): no such folder")
        }
        guard isFolder.boolValue else {
            throw Failure.badData("\(path) is a file; give the folder that holds the MIDI files")
        }
        guard let all = try? FileManager.default.subpathsOfDirectory(atPath: path) else {
            throw Failure.noInput("\(path): cannot be read")
        }
        self.path = path
        files = all.filter { ["mid", "midi"].contains(($0 as NSString).pathExtension.lowercased()) }.sorted()
        if files.isEmpty { throw Failure.badData("\(path): no files that end in .mid or .midi") }
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
        do {
            let bytes = try InputFile.bytes((path as NSString).appendingPathComponent(file))
            builder.add(file: file, bytes: bytes, entry: entry)
        } catch {
            builder.skip(file: file, because: .notReadable("\(error)"))
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
                throw Failure.cannotCreate("\(output): cannot make this folder")
            }
            let fileName = name.replacingOccurrences(of: "/", with: "-")
            path = (output as NSString).appendingPathComponent("\(fileName).corpus")
        }
        try OutputFile.check(path)
        try OutputFile.write(bytes, to: path)
        return path
    }

    /// Reads a corpus file.
    static func read(_ path: String) throws -> Corpus {
        let bytes = try InputFile.bytes(path)
        do throws(CorpusDecodingError) {
            return try Corpus(decoding: bytes)
        } catch {
            throw Failure.badData("\(path): \(error)")
        }
    }
}
