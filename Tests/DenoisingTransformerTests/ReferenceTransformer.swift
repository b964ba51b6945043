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
        let classes = linear(normalised(stream, "norm."), "head")
        return classes.flatMap { row in
            (0..<c.cellsPerPosition).map { Array(row[$0 * c.stateCount..<($0 + 1) * c.stateCount]) }
        }
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
            return result
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
