#if canImport(Glibc)
import Glibc
#endif

/// The weighted cross-entropy of categorical predictions, with its gradient in the same pass.
public enum CrossEntropy {
    /// Computes `sum over rows of weight (-log softmax(logits)[target])` and the gradient of the logits.
    ///
    /// - Parameters:
    ///   - logits: `[rows, classes]`, f32.
    ///   - classes: Classes of a row.
    ///   - targets: The true class of each row, `[rows]`.
    ///   - weights: The weight of each row, `[rows]`; rows of weight 0 are skipped.
    ///   - gradient: Receives `weight (softmax - one-hot)`, `[rows, classes]`, either precision; nil for the loss
    ///     alone.
    ///   - losses: Receives `-log softmax(logits)[target]` of each row that has a weight, 0 elsewhere; may be nil.
    /// - Returns: The weighted sum, in nats.
    public static func evaluate(
        logits: Buffer, classes: Int, targets: [Int32], weights: [Float], gradient: Buffer?,
        losses: UnsafeMutableBufferPointer<Float>? = nil
    ) -> Double {
        let size = targets.count * classes
        precondition(targets.count == weights.count && size <= logits.count, "\(targets.count) targets")
        precondition(gradient.map { size <= $0.count } ?? true, "no room for the gradient")
        precondition(losses.map { targets.count <= $0.count } ?? true, "no room for the losses")
        let x = logits.elements(Float.self)
        guard let gradient else {
            return run(x, classes, targets, weights, nil as UnsafeMutablePointer<Float>?, losses)
        }
        return withElement(of: gradient.precision) {
            run(x, classes, targets, weights, gradient.elements(Float.self), losses)
        } _: {
            run(x, classes, targets, weights, gradient.elements(BrainFloat16.self), losses)
        }
    }

    private static func run<E: Element>(
        _ logits: UnsafePointer<Float>, _ classes: Int, _ targets: [Int32], _ weights: [Float],
        _ gradient: UnsafeMutablePointer<E>?, _ losses: UnsafeMutableBufferPointer<Float>?
    ) -> Double {
        let zero = E(nearest: 0)
        var exponentials = [Float](repeating: 0, count: (classes + 15) & ~15)
        var total = 0.0
        let whole = classes & ~15
        for row in 0..<targets.count {
            losses?[row] = 0
            guard weights[row] != 0 else {
                gradient?.advanced(by: row * classes).update(repeating: zero, count: classes)
                continue
            }
            let target = Int(targets[row])
            precondition(0 <= target && target < classes, "class \(target) of \(classes)")
            let line = logits + row * classes
            var vector = SIMD16<Float>(repeating: -.infinity)
            for c in vectors(whole) { vector = vector.larger(Float.load(line + c)) }
            var highest = vector.largest
            for c in whole..<classes { highest = max(highest, line[c]) }
            let sum = exponentials.withUnsafeMutableBufferPointer {
                exponentiate(line, less: highest, classes, into: $0)
            }
            let loss = logf(sum) + highest - line[target]
            losses?[row] = loss
            total += Double(loss) * Double(weights[row])
            guard let gradient else { continue }
            let scale = weights[row] / sum
            let d = gradient + row * classes
            exponentials.withUnsafeBufferPointer { powers in
                guard let powers = powers.baseAddress else { return }
                for c in vectors(whole) { E.store(Float.load(powers + c) * scale, to: d + c) }
                for c in whole..<classes { d[c] = E(nearest: powers[c] * scale) }
                d[target] = E(nearest: powers[target] * scale - weights[row])
            }
        }
        return total
    }

    /// Writes `e^(x - highest)` of a row, and zeros up to the end of the last vector; returns the sum.
    private static func exponentiate(
        _ line: UnsafePointer<Float>, less highest: Float, _ classes: Int,
        into target: UnsafeMutableBufferPointer<Float>
    ) -> Float {
        guard let powers = target.baseAddress else { return 0 }
        // A ragged row is read past its end, into the next one or the buffer's tail; what comes of that is
        // wiped out.
        for c in vectors(target.count) {
            Float.store(exponential(Float.load(line + c) - highest), to: powers + c)
        }
        for c in classes..<target.count { powers[c] = 0 }
        var sums = SIMD16<Float>.zero
        for c in vectors(target.count) { sums += Float.load(powers + c) }
        return sums.total
    }
}
