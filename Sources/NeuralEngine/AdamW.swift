#if canImport(Glibc)
import Glibc
#endif

/// AdamW (Loshchilov and Hutter 2019) on a flat vector of parameters, with clipping of the gradient's norm and an
/// exponential moving average of the parameters.
///
/// Its workers write disjoint chunks of its buffers and have all ended when `step` returns, which is why it may be
/// captured by them.
public final class AdamW: @unchecked Sendable {
    /// What the optimiser is set to.
    public struct Settings: Hashable, Sendable {
        /// Decay of the mean gradient.
        public var beta1: Float = 0.9
        /// Decay of the mean squared gradient.
        public var beta2: Float = 0.98
        /// Added to the root of the mean square.
        public var epsilon: Float = 1e-8
        /// Share of a matrix's weights that a step of rate 1 takes away.
        public var weightDecay: Float = 0.02
        /// The largest norm a gradient may have; longer ones are scaled down to it.
        public var clip: Float = 1
        /// Decay of the moving average of the parameters.
        public var averageDecay: Float = 0.999

        /// The usual settings.
        public init() {}
    }

    /// The parameters, f32.
    public let parameters: Buffer
    /// Their moving average, f32.
    public let average: Buffer
    /// Mean gradient, f32.
    public let mean: Buffer
    /// Mean squared gradient, f32.
    public let meanSquare: Buffer
    /// The parameters in bf16 for the plans that want them, refreshed by every step.
    public let compact: Buffer?
    private let decayed: [Range<Int>]
    private static let chunk = 1 << 15

    /// Prepares the optimiser's state.
    ///
    /// - Parameters:
    ///   - parameters: The parameters, f32; their number is a multiple of sixteen.
    ///   - compact: Their copy in bf16, if there is one.
    ///   - decayed: The ranges that weight decay applies to, in order; their bounds are multiples of sixteen.
    public init(parameters: Buffer, compact: Buffer?, decayed: [Range<Int>]) {
        precondition(parameters.count % 16 == 0, "\(parameters.count) parameters")
        precondition(decayed.allSatisfy { $0.lowerBound % 16 == 0 && $0.upperBound % 16 == 0 })
        self.parameters = parameters
        self.compact = compact
        self.decayed = decayed
        average = Buffer(.f32, count: parameters.count)
        mean = Buffer(.f32, count: parameters.count)
        meanSquare = Buffer(.f32, count: parameters.count)
        average.floats.baseAddress?.update(from: parameters.elements(Float.self), count: parameters.count)
        refreshCompact()
    }

    /// Copies the parameters into the bf16 copy; to be called after the parameters were set from outside.
    public func refreshCompact() { compact?.round(parameters) }

    /// Adds the gradients of workers up in the first, without a step: for one that then goes to other processes.
    ///
    /// - Precondition: The gradients have as many elements as the parameters.
    public func sum(_ gradients: [Buffer], threads: Int) throws {
        let count = parameters.count
        precondition(gradients.allSatisfy { $0.count == count }, "gradients for \(count) parameters")
        guard gradients.count > 1 else { return }
        let chunks = (count + Self.chunk - 1) / Self.chunk
        try Workers.perform(threads) { worker in
            for chunk in stride(from: worker, to: chunks, by: threads) {
                _ = Self.sum(gradients, Self.range(chunk, of: count))
            }
        }
    }

    /// Takes one step.
    ///
    /// - Parameters:
    ///   - number: The number of this step, counted from 1.
    ///   - rate: The learning rate.
    ///   - gradients: The gradients of each worker, which are summed; the first one receives the sum.
    ///   - settings: The optimiser's settings.
    ///   - threads: Threads to use; the result does not depend on it.
    /// - Returns: The gradient's norm before clipping. If it is not finite nothing was changed but the first gradient.
    /// - Precondition: The gradients have as many elements as the parameters.
    public func step(
        _ number: Int, rate: Float, gradients: [Buffer], settings: Settings, threads: Int
    ) throws -> Float {
        let count = parameters.count
        precondition(gradients.allSatisfy { $0.count == count }, "gradients for \(count) parameters")
        let chunks = (count + Self.chunk - 1) / Self.chunk
        var squares = [Double](repeating: 0, count: chunks)
        try squares.withUnsafeMutableBufferPointer { squares in
            nonisolated(unsafe) let squares = squares  // each chunk has its own slot
            try Workers.perform(threads) { worker in
                for chunk in stride(from: worker, to: chunks, by: threads) {
                    squares[chunk] = Self.sum(gradients, Self.range(chunk, of: count))
                }
            }
        }
        let norm = Float(squares.reduce(0, +).squareRoot())
        guard norm.isFinite else { return norm }
        let scale = norm > settings.clip ? settings.clip / norm : 1
        try Workers.perform(threads) { worker in
            for chunk in stride(from: worker, to: chunks, by: threads) {
                update(Self.range(chunk, of: count), gradients[0], scale, number, rate, settings)
            }
        }
        return norm
    }

    private static func range(_ chunk: Int, of count: Int) -> Range<Int> {
        chunk * Self.chunk..<min(count, (chunk + 1) * Self.chunk)
    }

    /// Adds the workers' gradients up in the first, and returns the sum of squares.
    private static func sum(_ gradients: [Buffer], _ range: Range<Int>) -> Double {
        let first = gradients[0].elements(Float.self)
        let others = gradients.dropFirst().map { UnsafePointer($0.elements(Float.self)) }
        var squares = SIMD16<Float>.zero
        for i in stride(from: range.lowerBound, to: range.upperBound, by: 16) {
            var gradient = Float.load(first + i)
            for other in others { gradient += Float.load(other + i) }
            Float.store(gradient, to: first + i)
            squares += gradient * gradient
        }
        return (0..<16).reduce(0) { $0 + Double(squares[$1]) }
    }

    private func update(
        _ range: Range<Int>, _ gradient: Buffer, _ scale: Float, _ number: Int, _ rate: Float,
        _ settings: Settings
    ) {
        let correction1 = 1 / (1 - powf(settings.beta1, Float(number)))
        let correction2 = 1 / (1 - powf(settings.beta2, Float(number)))
        let p = parameters.elements(Float.self)
        let g = gradient.elements(Float.self)
        let m = mean.elements(Float.self)
        let v = meanSquare.elements(Float.self)
        let a = average.elements(Float.self)
        let bf16 = compact?.elements(BrainFloat16.self)
        // Early on the average follows fast, so that it forgets the first, random parameters.
        let follow = 1 - min(settings.averageDecay, Float(number) / Float(number + 10))
        for (part, decays) in split(range) {
            let keep = decays ? 1 - rate * settings.weightDecay : 1
            for i in stride(from: part.lowerBound, to: part.upperBound, by: 16) {
                let gradient = Float.load(g + i) * scale
                let first = Float.load(m + i) * settings.beta1 + gradient * (1 - settings.beta1)
                let second = Float.load(v + i) * settings.beta2 + gradient * gradient * (1 - settings.beta2)
                let step = first * correction1 / ((second * correction2).squareRoot() + settings.epsilon)
                let parameter = Float.load(p + i) * keep - step * rate
                let average = Float.load(a + i)
                Float.store(first, to: m + i)
                Float.store(second, to: v + i)
                Float.store(parameter, to: p + i)
                Float.store(average + (parameter - average) * follow, to: a + i)
                if let bf16 { BrainFloat16.store(parameter, to: bf16 + i) }
            }
        }
    }

    /// Cuts a range where weight decay begins and ends.
    private func split(_ range: Range<Int>) -> [(Range<Int>, Bool)] {
        var parts: [(Range<Int>, Bool)] = []
        var start = range.lowerBound
        for decayed in decayed where decayed.overlaps(range) {
            let inside = decayed.clamped(to: range)
            if start < inside.lowerBound { parts.append((start..<inside.lowerBound, false)) }
            parts.append((inside, true))
            start = inside.upperBound
        }
        if start < range.upperBound { parts.append((start..<range.upperBound, false)) }
        return parts
    }
}
