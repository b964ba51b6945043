import Foundation
import OutputFiles
import Training

/// The curve of a run, as a CSV file with a line every hundred steps; written whole each time, so that it is never cut.
struct TrainingLog {
    private let path: String
    private var text: String
    private static let header = "step,seconds,rate,loss,gradient_norm,validation_bound\n"

    /// Opens the log, keeping the lines of a run that is resumed.
    init(path: String, keepingThrough step: Int) throws {
        self.path = path
        text = Self.header
        if step > 0, let old = try? InputFile.bytes(path) {
            for line in String(decoding: old, as: UTF8.self).split(separator: "\n").dropFirst() {
                if let number = line.split(separator: ",").first.flatMap({ Int($0) }), number <= step {
                    text += line + "\n"
                }
            }
        }
        try OutputFile.write(Array(text.utf8), to: path)
    }

    /// Adds a line.
    ///
    /// - Parameters:
    ///   - loss: The mean loss since the last line, nats a frame.
    ///   - seconds: Seconds since this process began to train.
    mutating func append(_ progress: TrainingRun.Progress, loss: Double, seconds: Double) throws {
        let bound = progress.validationBound.map { String(format: "%.4f", $0) } ?? ""
        text +=
            String(
                format: "%d,%.1f,%.3g,%.4f,%.3f,", progress.step, seconds, progress.rate, loss,
                progress.gradientNorm) + bound + "\n"
        try OutputFile.write(Array(text.utf8), to: path)
    }
}
