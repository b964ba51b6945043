import ArgumentParser
import Composition
import Corpus
import DenoisingTransformer
import Dispatch
import Foundation
import NeuralEngine
import PianoRoll
import Training

struct TrainCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "train",
        abstract: "Train a model on a corpus.",
        discussion: """
            Writes into the output folder: model.safetensors (the averaged weights, what other commands use), \
            checkpoint.safetensors (what --resume goes on from, bit for bit on the same number of threads) and \
            log.csv (the curve). Ctrl-C saves first.

            EXAMPLES
              pianojys train --corpus Data/corpora/chorales.corpus --steps 20000 --output my-model
              pianojys train --corpus Data/corpora/chorales.corpus --resume --output my-model
            """)

    @Option(help: "The corpus, a file made by 'pianojys corpus build'.")
    var corpus: String

    @Option(name: .shortAndLong, help: "The folder to write to.")
    var output: String

    @Flag(help: "Go on from the checkpoint in the output folder, with its settings.")
    var resume = false

    @Option(help: "The model's name.")
    var name = "chorale"

    @OptionGroup(title: "Model")
    var model: ModelShapeOptions

    @OptionGroup(title: "Training")
    var training: TrainingOptions

    func run() throws {
        let origin =
            resume ? try TrainingRun.origin(of: Safetensors(mapping: path("checkpoint.safetensors"))) : nil
        let bytes = [UInt8](try Data(contentsOf: URL(fileURLWithPath: corpus)))
        let source = try Corpus(decoding: bytes)
        let vocabulary = origin?.description.vocabulary ?? model.vocabulary
        let pieces = try source.converted(to: vocabulary)
        let configuration = origin?.configuration ?? model.configuration(lanes: pieces.lanes)
        let description =
            origin?.description
            ?? GridModel.Description(name: name, vocabulary: vocabulary, edges: !model.noEdges)
        let run = try TrainingRun(
            settings: origin?.settings ?? training.settings, configuration: configuration,
            description: description,
            training: pieces.pieces(in: .train).map(\.grid),
            validation: pieces.pieces(in: .valid).map(\.grid),
            checkpoint: resume ? Safetensors(mapping: path("checkpoint.safetensors")) : nil)
        try train(run)
    }

    private func train(_ run: TrainingRun) throws {
        try FileManager.default.createDirectory(atPath: output, withIntermediateDirectories: true)
        let interruption = Interruption()
        let log = try TrainingLog(path: path("log.csv"), keepingThrough: run.step)
        let parameters = ParameterLayout(run.configuration).parameterCount
        note("\(parameters) parameters, \(run.settings.steps - run.step) steps to go")
        let start = DispatchTime.now()
        var losses: [Double] = []
        while !run.isFinished && !interruption.isRaised {
            let progress = try run.advance()
            losses.append(progress.loss)
            guard progress.validationBound != nil || progress.step % 100 == 0 else { continue }
            let seconds = Double(DispatchTime.now().uptimeNanoseconds - start.uptimeNanoseconds) / 1e9
            try log.append(progress, loss: losses.reduce(0, +) / Double(losses.count), seconds: seconds)
            losses.removeAll(keepingCapacity: true)
            if progress.validationBound != nil {
                note(TrainingLog.line(progress))
                try save(run)
            }
        }
        try save(run)
        if interruption.isRaised {
            note("stopped after step \(run.step); --resume goes on from here")
            throw ExitCode(130)
        }
    }

    private func save(_ run: TrainingRun) throws {
        try run.checkpoint().write(to: URL(fileURLWithPath: path("checkpoint.safetensors")), options: .atomic)
        try run.model().encoded().write(to: URL(fileURLWithPath: path("model.safetensors")), options: .atomic)
    }

    private func path(_ file: String) -> String { output + "/" + file }

    private func note(_ text: String) { FileHandle.standardError.write(Data((text + "\n").utf8)) }
}

/// The curve of a run: a CSV file that grows by a line every hundred steps.
struct TrainingLog {
    private let handle: FileHandle
    private static let header = "step,seconds,rate,loss,gradient_norm,validation_bound\n"

    /// Opens the log, keeping the lines of a run that is resumed.
    init(path: String, keepingThrough step: Int) throws {
        let url = URL(fileURLWithPath: path)
        var kept = Self.header
        if step > 0, let old = try? String(contentsOf: url, encoding: .utf8) {
            for line in old.split(separator: "\n").dropFirst() {
                if let number = line.split(separator: ",").first.flatMap({ Int($0) }), number <= step {
                    kept += line + "\n"
                }
            }
        }
        try Data(kept.utf8).write(to: url, options: .atomic)
        handle = try FileHandle(forWritingTo: url)
        try handle.seekToEnd()
    }

    func append(_ progress: TrainingRun.Progress, loss: Double, seconds: Double) throws {
        let bound = progress.validationBound.map { String(format: "%.4f", $0) } ?? ""
        let line = String(
            format: "%d,%.1f,%.3g,%.4f,%.3f,", progress.step, seconds, progress.rate, loss,
            progress.gradientNorm)
        try handle.write(contentsOf: Data((line + bound + "\n").utf8))
    }

    static func line(_ progress: TrainingRun.Progress) -> String {
        let bound = progress.validationBound.map { String(format: "%.4f", $0) } ?? "-"
        return "step \(progress.step): validation bound \(bound) nats per frame"
    }
}

/// Ctrl-C, noticed but not obeyed at once.
final class Interruption: @unchecked Sendable {
    private let source: any DispatchSourceSignal
    private let lock = NSLock()
    private var raised = false

    init() {
        signal(SIGINT, SIG_IGN)
        source = DispatchSource.makeSignalSource(signal: SIGINT, queue: .global())
        source.setEventHandler { [weak self] in self?.lock.withLock { self?.raised = true } }
        source.resume()
    }

    var isRaised: Bool { lock.withLock { raised } }
}
