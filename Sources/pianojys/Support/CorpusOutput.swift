import Foundation
import OutputFiles

/// Where corpus files are written.
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
}
