import DiscreteDiffusion

/// Small grey images of hand-written digits, 8 x 8 pixels of 17 levels, with what each shows.
public struct DigitImages: Hashable, Sendable {
    /// Pixels of a row, and rows.
    public static let side = 8
    /// Pixels of an image.
    public static let pixelCount = side * side
    /// Grey levels.
    public static let levelCount = 17

    /// The levels, `[count, 64]`, row by row.
    public private(set) var tokens: [Token] = []
    /// The digits, `[count]`.
    public private(set) var labels: [Token] = []

    /// The number of images.
    public var count: Int { labels.count }

    /// No images.
    init() {}

    /// Reads lines of 64 levels and a digit with commas between: the file that scikit-learn ships as `digits.csv`.
    ///
    /// - Throws: `ExperimentError.image` or `.imageCount`.
    public init(csv text: String) throws(ExperimentError) {
        for (index, line) in text.split(whereSeparator: \.isNewline).enumerated() {
            let values = line.split(separator: ",", omittingEmptySubsequences: false).map { Token($0) }
            guard values.count == Self.pixelCount + 1,
                values.dropLast().allSatisfy({ $0.map { $0 < Self.levelCount } ?? false }),
                let label = values.last ?? nil, label < 10
            else { throw .image(line: index + 1) }
            tokens += values.dropLast().compactMap { $0 }
            labels.append(label)
        }
        guard count >= 100 else { throw .imageCount(count) }
    }

    /// The levels of an image, `[64]`.
    subscript(index: Int) -> ArraySlice<Token> {
        tokens[index * Self.pixelCount..<(index + 1) * Self.pixelCount]
    }

    /// Every fifth image, and the others.
    func split() -> (training: DigitImages, heldOut: DigitImages) {
        var (training, heldOut) = (DigitImages(), DigitImages())
        for index in 0..<count {
            if index % 5 == 4 { heldOut.append(self, index) } else { training.append(self, index) }
        }
        return (training, heldOut)
    }

    private mutating func append(_ other: DigitImages, _ index: Int) {
        tokens += other[index]
        labels.append(other.labels[index])
    }
}
