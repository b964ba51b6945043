#if canImport(Glibc)
import Glibc
#endif

/// One thread's part of the work: its primitives, for whole tiles of queries and for what is left over.
final class AttentionWorker {
    private let shape: AttentionShape
    private let scratch: AttentionScratch
    private let tiles: [Int: Tile]

    /// The products of tiles of so many queries.
    private struct Tile {
        let scores, mix: MatrixProduct
        let gradients: Gradients?

        struct Gradients {
            let probabilities, queries, keys, values: MatrixProduct
        }
    }

    init(
        _ shape: AttentionShape, qkv: Tensor, gradients: (output: Tensor, qkv: Tensor)?,
        scratch: AttentionScratch
    ) throws(EngineError) {
        self.shape = shape
        self.scratch = scratch
        let engine = try Engine()
        let (heads, positions, width, headWidth) = (
            shape.tileHeads, shape.positions, shape.width, shape.headWidth
        )
        /// Queries (0), keys (1) or values (2) of the first heads of the first sample, and of their gradients.
        func part(_ index: Int, of tensor: Tensor, parts: Int = 3, rows: Int) -> Tensor {
            Tensor(
                tensor.buffer, at: tensor.offset + index * width, shape: [heads, rows, headWidth],
                strides: [headWidth, parts * width, 1])
        }
        var tiles: [Int: Tile] = [:]
        for queries in Set([shape.tileQueries, shape.queries.count % shape.tileQueries]) where queries > 0 {
            let square = [heads, queries, positions]
            let scores = Tensor(scratch.scores, shape: square)
            let probabilities = Tensor(scratch.probabilities, shape: square)
            let q = part(0, of: qkv, rows: queries)
            let (k, v) = (part(1, of: qkv, rows: positions), part(2, of: qkv, rows: positions))
            var products: Tile.Gradients?
            if let gradients, let dProbabilities = scratch.probabilityGradient,
                let dScores = scratch.scoreGradient, let dKeys = scratch.keyGradient,
                let dValues = scratch.valueGradient
            {
                let dOutput = part(0, of: gradients.output, parts: 1, rows: queries)
                let dSquare = Tensor(dScores, shape: square)
                let keys = [heads, positions, headWidth]
                products = Tile.Gradients(
                    probabilities: try MatrixProduct(
                        dOutput, v.transposed, into: Tensor(dProbabilities, shape: square), on: engine),
                    queries: try MatrixProduct(
                        dSquare, k, into: part(0, of: gradients.qkv, rows: queries), on: engine),
                    keys: try MatrixProduct(
                        dSquare.transposed, q, into: Tensor(dKeys, shape: keys), then: .accumulate, on: engine
                    ),
                    values: try MatrixProduct(
                        probabilities.transposed, dOutput, into: Tensor(dValues, shape: keys),
                        then: .accumulate, on: engine))
            }
            tiles[queries] = Tile(
                scores: try MatrixProduct(q, k.transposed, into: scores, on: engine),
                mix: try MatrixProduct(
                    probabilities, v, into: Tensor(scratch.mixed, shape: [heads, queries, headWidth]),
                    on: engine),
                gradients: products)
        }
        self.tiles = tiles
    }

    /// The tiles of a group, with where they begin: elements of `qkv` to the queries and to the group's keys, rows and
    /// elements of the output.
    private struct Place {
        let queries: Int
        let tile: Tile
        let query, group, row, output: Int
    }

    private func places(_ group: Int) -> [Place] {
        let (sample, head) = shape.place(of: group)
        let (width, positions) = (shape.width, shape.positions)
        let start = sample * positions * 3 * width + head * shape.headWidth
        return stride(
            from: shape.queries.lowerBound, to: shape.queries.upperBound, by: shape.tileQueries
        ).compactMap { first in
            let queries = min(shape.tileQueries, shape.queries.upperBound - first)
            return tiles[queries].map {
                Place(
                    queries: queries, tile: $0, query: start + first * 3 * width, group: start,
                    row: (sample * shape.heads + head) * positions + first,
                    output: (sample * positions + first) * width + head * shape.headWidth)
            }
        }
    }

    /// What is left out in a pass.
    typealias Dropout = (mask: DropoutMask, seed: UInt32)

    /// The gathered values of a group of heads; the logarithm of each query's sum of exponentials too, if asked for.
    func forward(
        _ group: Int, into output: Tensor, logSums: Buffer?, _ dropout: Dropout?
    ) throws(EngineError) {
        for place in places(group) {
            try place.tile.scores.run(shiftedBy: place.query, place.group, result: 0)
            let rows = shape.tileHeads * place.queries
            var sums = [Float](repeating: 0, count: rows)
            withElement(of: scratch.probabilities.precision) {
                exponentiate(place, scratch.probabilities.elements(Float.self), &sums, logSums, dropout)
            } _: {
                exponentiate(
                    place, scratch.probabilities.elements(BrainFloat16.self), &sums, logSums, dropout)
            }
            try place.tile.mix.run(shiftedBy: 0, place.group, result: 0)
            withElement(of: output.buffer.precision) {
                divide(place, by: sums, into: output.buffer.elements(Float.self, at: output.offset))
            } _: {
                divide(place, by: sums, into: output.buffer.elements(BrainFloat16.self, at: output.offset))
            }
        }
    }

    /// `P = exp(S - largest)`, row by row, with the sums; what dropout leaves out is in the sums.
    private func exponentiate<E: Element>(
        _ place: Place, _ target: UnsafeMutablePointer<E>, _ sums: inout [Float], _ logSums: Buffer?,
        _ dropout: Dropout?
    ) {
        let columns = shape.positions
        let whole = columns & ~15
        let scores = scratch.scores.elements(Float.self)
        for row in sums.indices {
            let s = scores + row * columns
            let p = target + row * columns
            let line = line(row, of: place)
            let start = line * columns
            var vector = SIMD16<Float>(repeating: -.infinity)
            for c in vectors(whole) { vector = vector.larger(Float.load(s + c)) }
            var highest = vector.largest
            for c in whole..<columns { highest = max(highest, s[c]) }
            vector = .zero
            for c in vectors(whole) {
                let power = exponential(Float.load(s + c) - highest)
                vector += power
                E.store(Self.kept(power, at: start + c, dropout), to: p + c)
            }
            var sum = vector.total
            for c in whole..<columns {
                let power = expf(s[c] - highest)
                sum += power
                p[c] = E(nearest: Self.kept(power, at: start + c, dropout))
            }
            sums[row] = sum
            if let logSums { logSums.floats[line] = highest + logf(sum) }
        }
    }

    /// The line of a tile's row among all of `[batch, heads, positions]`.
    private func line(_ row: Int, of place: Place) -> Int {
        place.row + row / place.queries * shape.positions + row % place.queries
    }

    @inline(__always)
    private static func kept(_ values: SIMD16<Float>, at index: Int, _ dropout: Dropout?) -> SIMD16<Float> {
        guard let dropout else { return values }
        return dropout.mask.apply(values, at: index, seed: dropout.seed)
    }

    @inline(__always)
    private static func kept(_ value: Float, at index: Int, _ dropout: Dropout?) -> Float {
        guard let dropout else { return value }
        return dropout.mask.apply(value, at: index, seed: dropout.seed)
    }

    /// Writes what was gathered, divided by the sums, to the heads' place in the output.
    private func divide<E: Element>(
        _ place: Place, by sums: [Float], into output: UnsafeMutablePointer<E>
    ) {
        let headWidth = shape.headWidth
        let mixed = scratch.mixed.elements(Float.self)
        for row in sums.indices {
            let (head, query) = (row / place.queries, row % place.queries)
            let target = output + place.output + query * shape.width + head * headWidth
            let inverse = 1 / sums[row]
            for c in vectors(headWidth) {
                E.store(Float.load(mixed + row * headWidth + c) * inverse, to: target + c)
            }
        }
    }

    /// The gradients of the queries, keys and values of a group of heads.
    func backward(
        _ group: Int, output: Tensor, logSums: Buffer, _ gradients: (output: Tensor, qkv: Tensor),
        _ dropout: Dropout?
    ) throws(EngineError) {
        guard let dKeys = scratch.keyGradient, let dValues = scratch.valueGradient,
            let dScores = scratch.scoreGradient
        else { return }
        dKeys.floats.update(repeating: 0)
        dValues.floats.update(repeating: 0)
        for place in places(group) {
            guard let products = place.tile.gradients else { return }
            try place.tile.scores.run(shiftedBy: place.query, place.group, result: 0)
            try products.probabilities.run(shiftedBy: place.output, place.group, result: 0)
            withElement(of: dScores.precision) {
                softmaxBackward(
                    place, scratch.probabilities.elements(Float.self), dScores.elements(Float.self),
                    output.buffer.elements(Float.self, at: output.offset),
                    gradients.output.buffer.elements(Float.self, at: gradients.output.offset), logSums,
                    dropout)
            } _: {
                softmaxBackward(
                    place, scratch.probabilities.elements(BrainFloat16.self),
                    dScores.elements(BrainFloat16.self),
                    output.buffer.elements(BrainFloat16.self, at: output.offset),
                    gradients.output.buffer.elements(BrainFloat16.self, at: gradients.output.offset), logSums,
                    dropout)
            }
            try products.queries.run(shiftedBy: 0, place.group, result: place.query)
            try products.keys.run(shiftedBy: 0, place.query, result: 0)
            try products.values.run(shiftedBy: 0, place.output, result: 0)
        }
        let (sample, head) = shape.place(of: group)
        let start = sample * shape.positions * 3 * shape.width + head * shape.headWidth
        for (part, sums) in [(1, dKeys), (2, dValues)] {
            let target = gradients.qkv
            let offset = target.offset + start + part * shape.width
            withElement(of: target.buffer.precision) {
                spread(sums, over: target.buffer.elements(Float.self, at: offset))
            } _: {
                spread(sums, over: target.buffer.elements(BrainFloat16.self, at: offset))
            }
        }
    }

    /// `P = exp(S - logSum)` and `dS = P (dP - sum over values of dO O)`, row by row. Where dropout leaves out, `dP` is 0, and so is
    /// the P that the values' gradient takes; the sum is the same with it as without.
    private func softmaxBackward<E: Element>(
        _ place: Place, _ probabilities: UnsafeMutablePointer<E>, _ scoreGradient: UnsafeMutablePointer<E>,
        _ output: UnsafePointer<E>, _ outputGradient: UnsafePointer<E>, _ logSums: Buffer,
        _ dropout: Dropout?
    ) {
        guard let dProbabilities = scratch.probabilityGradient else { return }
        let (columns, headWidth) = (shape.positions, shape.headWidth)
        let whole = columns & ~15
        let scores = scratch.scores.elements(Float.self)
        let dp = dProbabilities.elements(Float.self)
        for row in 0..<shape.tileHeads * place.queries {
            let (head, query) = (row / place.queries, row % place.queries)
            let start = place.output + query * shape.width + head * headWidth
            var vector = SIMD16<Float>.zero
            for c in vectors(headWidth) {
                vector += E.load(output + start + c) * E.load(outputGradient + start + c)
            }
            let product = vector.total
            let global = line(row, of: place)
            let logSum = logSums.floats[global]
            let first = global * columns
            let tile = row * columns
            for c in vectors(whole) {
                let p = exponential(Float.load(scores + tile + c) - logSum)
                let gradient = Self.kept(Float.load(dp + tile + c), at: first + c, dropout)
                let d = p * (gradient - product)
                E.store(Self.kept(p, at: first + c, dropout), to: probabilities + tile + c)
                E.store(d, to: scoreGradient + tile + c)
            }
            for c in whole..<columns {
                let p = expf(scores[tile + c] - logSum)
                let d = p * (Self.kept(dp[tile + c], at: first + c, dropout) - product)
                probabilities[tile + c] = E(nearest: Self.kept(p, at: first + c, dropout))
                scoreGradient[tile + c] = E(nearest: d)
            }
        }
    }

    /// Writes sums `[tileHeads, positions, headWidth]` to the heads' place among the gradients of `qkv`.
    private func spread<E: Element>(_ sums: Buffer, over target: UnsafeMutablePointer<E>) {
        let source = sums.elements(Float.self)
        let headWidth = shape.headWidth
        for row in 0..<shape.tileHeads * shape.positions {
            let (head, position) = (row / shape.positions, row % shape.positions)
            let line = target + position * 3 * shape.width + head * headWidth
            for c in vectors(headWidth) { E.store(Float.load(source + row * headWidth + c), to: line + c) }
        }
    }
}
