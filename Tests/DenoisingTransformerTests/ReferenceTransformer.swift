import DenoisingTransformer
import RealModule

/// The documented architecture in plain f64, one loop per formula, against which the plans are tested.
struct ReferenceTransformer {
    let configuration: TransformerConfiguration
    let layout: ParameterLayout
    /// All parameters, flat as in the layout.
    var parameters: [Double]

    /// `[rows][components]`.
    typealias Rows = [[Double]]

    init(_ configuration: TransformerConfiguration, parameters: [Double]) {
        self.configuration = configuration
        layout = ParameterLayout(configuration)
        self.parameters = parameters
    }

    /// The logits of one sample, `[steps * lanes][states]`.
    func logits(tokens: [UInt16], contexts: [Int32], steps: Int) -> Rows {
        let c = configuration
        var stream = embedded(tokens, contexts, steps)
        for block in 0..<c.layers {
            let name = "blocks.\(block)."
            let mixed = convolved(normalised(stream, name + "norm1."), name)
            stream = sum(stream, linear(attended(linear(mixed, name + "qkv")), name + "out"))
            let hidden = linear(normalised(stream, name + "norm2."), name + "up").map { $0.map(Self.gelu) }
            stream = sum(stream, linear(hidden, name + "down"))
        }
        let scores = linear(normalised(stream, "norm."), "head")
        return scores.enumerated().flatMap { position, row in
            (0..<c.cellsPerPosition).map { cell in
                let width = row.count / c.cellsPerPosition
                return classes(
                    Array(row[cell * width..<(cell + 1) * width]), step: position, lane: cell, tokens)
            }
        }
    }

    /// The logits of a cell from its scores: those of the states, and of each distance from what it is compared with.
    private func classes(_ scores: [Double], step: Int, lane: Int, _ tokens: [UInt16]) -> [Double] {
        let c = configuration
        guard let relations = c.relations else { return scores }
        let last = tokens.count / c.lanes - 1
        let others = (0..<c.lanes).filter { $0 != lane }.map { value(tokens, step, $0) }
        let before = (0..<step).reversed().compactMap { value(tokens, $0, lane) }.first
        let after = (step..<last).compactMap { value(tokens, $0 + 1, lane) }.first
        var logits = Array(scores.prefix(c.stateCount))
        for (index, reference) in ([before, after] + others).enumerated() {
            guard let reference else { continue }
            for state in relations.first..<c.stateCount {
                let distance = state - relations.first - reference
                guard abs(distance) <= relations.limit else { continue }
                let width = 2 * relations.limit + 1
                logits[state] += scores[c.stateCount + index * width + distance + relations.limit]
            }
        }
        return logits
    }

    /// The value that is shown at a step of a lane.
    private func value(_ tokens: [UInt16], _ step: Int, _ lane: Int) -> Int? {
        guard let relations = configuration.relations, step >= 0 else { return nil }
        let token = Int(tokens[step * configuration.lanes + lane])
        if token == relations.carried { return value(tokens, step - 1, lane) }
        return (relations.first..<configuration.stateCount).contains(token) ? token - relations.first : nil
    }

    /// `sum over cells of weight (-log softmax(logits)[target])` of a batch.
    func loss(_ batch: Batch) -> Double {
        var total = 0.0
        let cells = batch.steps * configuration.lanes
        for sample in 0..<batch.count
        where batch.weights[sample * cells..<(sample + 1) * cells].contains(where: { $0 != 0 }) {
            let logits = logits(
                tokens: batch.tokens(of: sample), contexts: batch.contexts(of: sample), steps: batch.steps)
            for cell in 0..<cells {
                let highest = logits[cell].max() ?? 0
                let sum = logits[cell].reduce(0) { $0 + Double.exp($1 - highest) }
                let target = Int(batch.targets[sample * cells + cell])
                let weight = Double(batch.weights[sample * cells + cell])
                total += weight * (Double.log(sum) + highest - logits[cell][target])
            }
        }
        return total
    }

    /// Central difference of the loss along a parameter; the error is of the order of `1e-8`.
    func derivative(_ index: Int, _ batch: Batch) -> Double {
        let step = 1e-4
        var (above, below) = (self, self)
        above.parameters[index] += step
        below.parameters[index] -= step
        return (above.loss(batch) - below.loss(batch)) / (2 * step)
    }

    /// `table[lane's token] + table[context values] + table[lane]`, the rows of each position.
    private func embedded(_ tokens: [UInt16], _ contexts: [Int32], _ steps: Int) -> Rows {
        let c = configuration
        let perStep = c.lanes / c.cellsPerPosition
        func row(_ index: Int) -> [Double] {
            let start = layout["embedding"].offset + index * c.width
            return Array(parameters[start..<start + c.width])
        }
        return (0..<steps * perStep).map { position in
            let step = position / perStep
            var result = [Double](repeating: 0, count: c.width)
            func add(_ index: Int) { for (i, value) in row(index).enumerated() { result[i] += value } }
            for cell in 0..<c.cellsPerPosition {
                add(cell * (c.stateCount + 2) + Int(tokens[position * c.cellsPerPosition + cell]))
            }
            var base = c.cellsPerPosition * (c.stateCount + 2)
            for (feature, size) in c.contextSizes.enumerated() {
                let value = Int(contexts[step * c.contextSizes.count + feature])
                if value >= 0 { add(base + value) }
                base += size
            }
            if perStep > 1 { add(base + position % perStep) }
            for distance in distances(tokens, step) {
                if let distance { add(base + distance) }
                base += 2 * (c.relations?.limit ?? 0) + 1
            }
            return result
        }
    }

    /// How far apart each two lanes' values are, and each lane's from its nearest before, as rows of the embedding.
    private func distances(_ tokens: [UInt16], _ step: Int) -> [Int?] {
        guard let relations = configuration.relations else { return [] }
        let lanes = 0..<configuration.lanes
        let here = lanes.map { value(tokens, step, $0) }
        let before = lanes.map { lane in
            (0..<step).reversed().compactMap { value(tokens, $0, lane) }.first
        }
        let pairs = lanes.flatMap { upper in lanes.filter { $0 > upper }.map { (here[upper], here[$0]) } }
        return (pairs + zip(here, before)).map { pair in
            guard let a = pair.0, let b = pair.1 else { return nil }
            return max(-relations.limit, min(relations.limit, a - b)) + relations.limit
        }
    }

    private func sum(_ a: Rows, _ b: Rows) -> Rows { zip(a, b).map { zip($0, $1).map(+) } }

    private func values(_ name: String) -> ArraySlice<Double> {
        parameters[layout[name].offset..<layout[name].offset + layout[name].count]
    }

    /// `y = x matrix + bias`, the matrix `[in, out]`.
    private func linear(_ input: Rows, _ name: String) -> Rows {
        let matrix = values(name + ".matrix")
        let bias = Array(values(name + ".bias"))
        return input.map { row in
            var result = bias
            for (k, x) in row.enumerated() {
                let start = matrix.startIndex + k * bias.count
                for n in 0..<bias.count { result[n] += x * matrix[start + n] }
            }
            return result
        }
    }

    private func normalised(_ input: Rows, _ name: String) -> Rows {
        let (gain, shift) = (Array(values(name + "gain")), Array(values(name + "shift")))
        return input.map { row in
            let mean = row.reduce(0, +) / Double(row.count)
            let variance = row.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / Double(row.count)
            return row.indices.map {
                (row[$0] - mean) / (variance + 1e-5).squareRoot() * gain[$0] + shift[$0]
            }
        }
    }

    private func convolved(_ input: Rows, _ name: String) -> Rows {
        let taps = configuration.convolutionTaps
        guard taps > 0 else { return input }
        let (kernel, bias) = (
            Array(values(name + "convolution.kernel")), Array(values(name + "convolution.bias"))
        )
        return input.indices.map { position in
            var result = bias
            for tap in 0..<taps where input.indices.contains(position + tap - taps / 2) {
                for i in bias.indices {
                    result[i] += kernel[tap * bias.count + i] * input[position + tap - taps / 2][i]
                }
            }
            return result
        }
    }

    /// Softmax attention of rotated queries and keys, head by head, all positions seeing all.
    private func attended(_ qkv: Rows) -> Rows {
        let (width, heads) = (configuration.width, configuration.heads)
        let size = width / heads
        var result = Rows(repeating: [Double](repeating: 0, count: width), count: qkv.count)
        for head in 0..<heads {
            func part(_ index: Int, _ row: Int) -> [Double] {
                Array(qkv[row][index * width + head * size..<index * width + (head + 1) * size])
            }
            let queries = qkv.indices.map { rotated(part(0, $0), at: $0) }
            let keys = qkv.indices.map { rotated(part(1, $0), at: $0) }
            for row in qkv.indices {
                let scores = keys.map { dot(queries[row], $0) / Double(size).squareRoot() }
                let highest = scores.max() ?? 0
                let powers = scores.map { Double.exp($0 - highest) }
                let total = powers.reduce(0, +)
                for (other, power) in powers.enumerated() {
                    for (i, value) in part(2, other).enumerated() {
                        result[row][head * size + i] += power / total * value
                    }
                }
            }
        }
        return result
    }

    private func rotated(_ x: [Double], at position: Int) -> [Double] {
        let place = position * configuration.cellsPerPosition / configuration.lanes
        let half = x.count / 2
        var result = x
        for i in 0..<half {
            let angle = Double(place) * Double.pow(10_000, -2 * Double(i) / Double(x.count))
            result[i] = x[i] * .cos(angle) - x[i + half] * .sin(angle)
            result[i + half] = x[i] * .sin(angle) + x[i + half] * .cos(angle)
        }
        return result
    }

    private func dot(_ a: [Double], _ b: [Double]) -> Double { zip(a, b).reduce(0) { $0 + $1.0 * $1.1 } }

    private static func gelu(_ x: Double) -> Double {
        0.5 * x * (1 + .tanh((2 / .pi).squareRoot() * (x + 0.044715 * x * x * x)))
    }
}
