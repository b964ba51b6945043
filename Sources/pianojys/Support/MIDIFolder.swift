import Corpus
import Foundation

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
