/// Adds to the logits of ordered classes what is said of them relative to reference values:
/// `logits[row, first + v] = absolute[first + v] + sum over references r of relative[r][v - reference r + limit]`.
///
/// The scores of a row are `classes` absolute ones, then `2 limit + 1` for each reference; a difference beyond the limit, or
/// a reference that is not there, adds nothing.
public final class RelativeLogits {
    private let rows: Int
    private let classes: Int
    private let first: Int
    private let limit: Int
    private let references: Int
    private let scores: Tensor
    private let logits: Tensor
    /// The values the scores of each row are relative to, `[rows, references]`, counted from the first ordered class; negative
    /// for none.
    public var values: [Int32]

    /// Scores of a row.
    public static func scoreCount(classes: Int, references: Int, limit: Int) -> Int {
        classes + references * (2 * limit + 1)
    }

    /// Prepares the layer.
    ///
    /// - Parameters:
    ///   - scores: `[rows, classes + references (2 limit + 1)]`, f32.
    ///   - first: The first of the ordered classes.
    ///   - limit: The largest difference that has a score.
    ///   - references: Reference values of a row.
    ///   - logits: Receives the sums, `[rows, classes]`, f32.
    public init(scores: Tensor, first: Int, limit: Int, references: Int, into logits: Tensor) {
        (rows, classes) = (logits.shape[0], logits.shape[1])
        let width = Self.scoreCount(classes: classes, references: references, limit: limit)
        precondition(scores.shape == [rows, width], "\(scores.shape) scores for \(rows) rows of \(width)")
        precondition(0 <= first && first < classes && limit >= 1)
        self.first = first
        self.limit = limit
        self.references = references
        self.scores = scores
        self.logits = logits
        values = [Int32](repeating: -1, count: rows * references)
    }

    /// Computes the logits.
    public func forward() {
        let x = scores.buffer.elements(Float.self, at: scores.offset)
        let y = logits.buffer.elements(Float.self, at: logits.offset)
        for row in 0..<rows {
            let source = x + row * scores.shape[1]
            let target = y + row * classes
            target.update(from: source, count: classes)
            for reference in 0..<references {
                guard let overlap = overlap(row, reference) else { continue }
                let (to, from) = (target + overlap.class, source + overlap.score)
                let whole = overlap.count & ~15
                for i in vectors(whole) { Float.store(Float.load(to + i) + Float.load(from + i), to: to + i) }
                for i in whole..<overlap.count { to[i] += from[i] }
            }
        }
    }

    /// Computes the gradient of the scores from that of the logits, both in one precision and shaped as they.
    public func backward(logitGradient: Buffer, scoreGradient: Buffer) {
        withElement(of: logitGradient.precision) {
            backward(logitGradient.elements(Float.self), scoreGradient.elements(Float.self))
        } _: {
            backward(logitGradient.elements(BrainFloat16.self), scoreGradient.elements(BrainFloat16.self))
        }
    }

    private func backward<E: Element>(_ dLogits: UnsafePointer<E>, _ dScores: UnsafeMutablePointer<E>) {
        let zero = E(nearest: 0)
        for row in 0..<rows {
            let source = dLogits + row * classes
            let target = dScores + row * scores.shape[1]
            target.update(from: source, count: classes)
            (target + classes).update(repeating: zero, count: scores.shape[1] - classes)
            for reference in 0..<references {
                guard let overlap = overlap(row, reference) else { continue }
                (target + overlap.score).update(from: source + overlap.class, count: overlap.count)
            }
        }
    }

    /// Which classes a reference has scores for: the first class, its score, and how many.
    @inline(__always)
    private func overlap(_ row: Int, _ reference: Int) -> (class: Int, score: Int, count: Int)? {
        let value = Int(values[row * references + reference])
        guard value >= 0 else { return nil }
        let lowest = max(0, value - limit)
        let highest = min(classes - first - 1, value + limit)
        guard lowest <= highest else { return nil }
        let start = classes + reference * (2 * limit + 1)
        return (first + lowest, start + lowest - value + limit, highest - lowest + 1)
    }
}
