import DiscreteDiffusion
import RealModule

/// Noised samples that the denoiser sees together, and its answer.
struct MaskedBatch {
    private let denoiser: any Denoiser
    private var tokens: [Token] = []
    private var times: [Double] = []
    private var logits: [Double] = []

    init(denoiser: any Denoiser) {
        self.denoiser = denoiser
    }

    /// Empties the batch; its buffers stay.
    mutating func clear() {
        tokens.removeAll(keepingCapacity: true)
        times.removeAll(keepingCapacity: true)
    }

    /// Adds a sample of the data as it is masked at a time.
    mutating func append(_ order: MaskingOrder, of data: [Token], at time: Double) {
        append(order.sample, masking: order.cells.prefix(order.maskedCount(at: time)), of: data, at: time)
    }

    /// Adds a sample of the data with some cells masked.
    mutating func append(_ sample: Int, masking masked: ArraySlice<Int>, of data: [Token], at time: Double) {
        let start = tokens.count
        let cells = denoiser.cellCount
        tokens.append(contentsOf: data[sample * cells..<(sample + 1) * cells])
        for cell in masked { tokens[start + cell] = Token(denoiser.stateCount) }
        times.append(time)
    }

    /// Calls the denoiser.
    mutating func predict() throws {
        let size = tokens.count * denoiser.stateCount
        if logits.count != size { logits = Array(repeating: 0, count: size) }
        try Self.call(denoiser, tokens: tokens, times: times, logits: &logits)
    }

    // A span of one stored property keeps the whole batch from being touched; this takes the buffers one by one.
    private static func call(
        _ denoiser: any Denoiser, tokens: [Token], times: [Double], logits: inout [Double]
    ) throws {
        var output = logits.mutableSpan
        try denoiser.predict(tokens: tokens.span, times: times.span, logits: &output)
    }

    /// The mean of `-log p` of the clean tokens over the masked cells of a row, nats.
    func meanLoss(
        row: Int, sample: MaskingOrder, data: [Token], time: Double
    ) throws(CostError) -> Double {
        let masked = sample.cells.prefix(sample.maskedCount(at: time))
        var sum = 0.0
        for cell in masked {
            sum += try loss(row: row, sample: sample.sample, cell: cell, data: data, time: time)
        }
        return sum / Double(masked.count)
    }

    /// `-log p` of the clean token of one cell of a row, nats.
    func loss(row: Int, sample: Int, cell: Int, data: [Token], time: Double) throws(CostError) -> Double {
        let (cells, states) = (denoiser.cellCount, denoiser.stateCount)
        let start = (row * cells + cell) * states
        let scores = logits.span.extracting(start..<start + states)
        let loss = Self.loss(of: Int(data[sample * cells + cell]), scores: scores)
        guard loss.isFinite else { throw .impossible(sample: sample, cell: cell, time: time) }
        return loss
    }

    /// `log sum exp(scores) - scores[state]`; not finite if the scores are no law or the state has no probability.
    private static func loss(of state: Int, scores: Span<Double>) -> Double {
        var highest = -Double.infinity
        for index in 0..<scores.count { highest = max(highest, scores[index]) }
        var sum = 0.0
        for index in 0..<scores.count { sum += .exp(scores[index] - highest) }
        return highest - scores[state] + .log(sum)
    }
}
