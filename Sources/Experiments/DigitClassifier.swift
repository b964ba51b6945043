import DenoisingTransformer
import DiscreteDiffusion
import RealModule
import Training

/// Tells digits: the same transformer, which sees an image and one cell more, and says what that cell hides. What it says of the ten digits
/// are an image's features.
struct DigitClassifier {
    private static let configuration = TransformerConfiguration(
        stateCount: DigitImages.levelCount, lanes: 1, steps: DigitImages.pixelCount + 1, width: 64, layers: 3,
        heads: 2)

    /// Images with their digit hidden.
    private struct Source: ExampleSource {
        let images: DigitImages

        func draw(level: Double, using generator: inout CounterGenerator) -> Example {
            let index = generator.drawIndex(below: images.count)
            var example = Example(
                clean: images[index] + [images.labels[index]], contexts: [], at: 0,
                for: DigitClassifier.configuration)
            example.tokens[DigitImages.pixelCount] = DigitClassifier.configuration.mask
            example.weights[DigitImages.pixelCount] = 1
            return example
        }
    }

    private let denoiser: TransformerDenoiser

    /// Trains on images.
    init(
        _ images: DigitImages, steps: Int, seed: UInt64, threads: Int, progress: (Double) throws -> Void
    ) throws {
        let process = AbsorbingProcess(stateCount: DigitImages.levelCount)
        denoiser = try TrainedTransformer(
            Self.configuration, process: process, source: Source(images: images), steps: steps, dropout: 0.1,
            seed: seed, threads: threads, progress: progress
        ).denoiser(threads: threads)
    }

    /// The logarithms of what each image is said to be, less their mean: `[count, 10]`.
    ///
    /// - Parameter tokens: Levels, `[count, 64]`.
    func features(of tokens: [Token]) throws -> [[Double]] {
        let cells = DigitImages.pixelCount + 1
        let states = DigitImages.levelCount
        var result: [[Double]] = []
        for first in stride(from: 0, to: tokens.count, by: DigitImages.pixelCount * 64) {
            let part = tokens[first..<min(tokens.count, first + DigitImages.pixelCount * 64)]
            let count = part.count / DigitImages.pixelCount
            var shown: [Token] = []
            for index in 0..<count {
                let start = part.startIndex + index * DigitImages.pixelCount
                shown += part[start..<start + DigitImages.pixelCount] + [Self.configuration.mask]
            }
            var logits = [Double](repeating: 0, count: shown.count * states)
            let times = [Double](repeating: 0, count: count)
            var output = logits.mutableSpan
            try denoiser.predict(tokens: shown.span, times: times.span, logits: &output)
            for index in 0..<count {
                let start = (index * cells + DigitImages.pixelCount) * states
                let row = Array(logits[start..<start + 10])
                let mean = row.reduce(0, +) / 10
                result.append(row.map { $0 - mean })
            }
        }
        return result
    }

    /// The share of images whose digit it tells.
    func accuracy(on images: DigitImages) throws -> Double {
        let right = zip(try features(of: images.tokens), images.labels).count { row, label in
            row.indices.max { row[$0] < row[$1] } == Int(label)
        }
        return Double(right) / Double(max(1, images.count))
    }
}
