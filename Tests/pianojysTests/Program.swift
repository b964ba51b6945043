import Composition
import DenoisingTransformer
import Foundation
import NeuralEngine
import PianoRoll

/// The built program, run as a user runs it.
enum Program {
    /// What a run left.
    struct Result {
        let code: Int32
        let output: Data
        let error: String

        var text: String { String(decoding: output, as: UTF8.self) }
        /// The lines on standard error.
        var errorLines: [Substring] { error.split(separator: "\n") }
    }

    /// The program lies beside the tests' own.
    static var path: String {
        let tests = try? FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe")
        return ((tests ?? "") as NSString).deletingLastPathComponent + "/pianojys"
    }

    /// Runs it and waits for its end, sending it a signal after so many seconds if one is given.
    static func run(
        _ arguments: [String], environment: [String: String] = [:], folder: String? = nil,
        signal: Int32? = nil, after seconds: Double = 0, kilobytesAllowed: Int? = nil,
        output device: String? = nil
    ) throws -> Result {
        let process = Process()
        process.executableURL = URL(fileURLWithPath: path)
        process.arguments = arguments
        if let kilobytesAllowed {
            // In place of a full disk: no file may grow beyond this.
            process.executableURL = URL(fileURLWithPath: "/bin/bash")
            process.arguments = ["-c", "ulimit -f \(kilobytesAllowed); exec \"$0\" \"$@\"", path] + arguments
        }
        process.environment = ProcessInfo.processInfo.environment.merging(environment) { $1 }
        if let folder { process.currentDirectoryURL = URL(fileURLWithPath: folder) }
        // Files in place of pipes: neither of two full pipes can keep the program waiting.
        let folder = try TemporaryFolder()
        let (output, error) = (folder.path + "/output", folder.path + "/error")
        for file in [output, error] { _ = FileManager.default.createFile(atPath: file, contents: nil) }
        process.standardInput = FileHandle.nullDevice
        process.standardOutput = try FileHandle(forWritingTo: URL(fileURLWithPath: device ?? output))
        process.standardError = try FileHandle(forWritingTo: URL(fileURLWithPath: error))
        try startWithNoSignalBlocked(process)
        if let signal {
            Thread.sleep(forTimeInterval: seconds)
            kill(process.processIdentifier, signal)
        }
        // What hangs fails its test, and not the whole run.
        let watchdog = DispatchWorkItem { kill(process.processIdentifier, SIGKILL) }
        DispatchQueue.global().asyncAfter(deadline: .now() + 120, execute: watchdog)
        process.waitUntilExit()
        watchdog.cancel()
        return Result(
            code: process.terminationStatus, output: try Data(contentsOf: URL(fileURLWithPath: output)),
            error: try String(contentsOfFile: error, encoding: .utf8))
    }

    /// Dispatch's threads, on which tests run, block signals, and a child inherits that.
    private static func startWithNoSignalBlocked(_ process: Process) throws {
        var (none, before) = (sigset_t(), sigset_t())
        sigemptyset(&none)
        pthread_sigmask(SIG_SETMASK, &none, &before)
        defer { pthread_sigmask(SIG_SETMASK, &before, nil) }
        try process.run()
    }
}

/// A folder that goes when it is no longer used.
final class TemporaryFolder {
    let path = NSTemporaryDirectory() + "pianojys-tests-" + UUID().uuidString

    init() throws { try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true) }
    deinit { try? FileManager.default.removeItem(atPath: path) }

    /// What lies in it, by name.
    var names: [String] { ((try? FileManager.default.contentsOfDirectory(atPath: path)) ?? []).sorted() }

    func file(_ name: String, _ bytes: some Sequence<UInt8> = []) throws -> String {
        try Data(bytes).write(to: URL(fileURLWithPath: "\(path)/\(name)"))
        return "\(path)/\(name)"
    }

    /// A data folder with a small model named "chorale" that knows nothing: all its weights are 0.
    func dataFolder(rareFaults: [VoiceLeadingFault] = []) throws -> String {
        let vocabulary = Vocabulary(encoding: .onset, lowestPitch: 36, highestPitch: 84)
        let configuration = TransformerConfiguration(
            stateCount: vocabulary.count, lanes: 4, steps: 32, contextSizes: GridFeatures.sizes, width: 32,
            layers: 1,
            heads: 1)
        let description = GridModel.Description(
            name: "chorale", vocabulary: vocabulary, rareFaults: rareFaults)
        let json = String(decoding: try JSONEncoder().encode(description), as: UTF8.self)
        let model = Model(
            configuration: configuration,
            parameters: Buffer(.f32, count: ParameterLayout(configuration).count),
            metadata: [GridModel.descriptionKey: json])
        let folder = path + "/data/Data/models/chorale"
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        try model.encoded().write(to: URL(fileURLWithPath: folder + "/model.safetensors"))
        return path + "/data"
    }
}
