/// The samples that a sampler works on together: their tokens, their generators, and the denoiser's last answer.
///
/// All buffers are made once and reused from step to step and from batch to batch.
public struct SamplingBatch: ~Copyable {
    /// The number of samples in the batch.
    public private(set) var count: Int
    /// The number of cells of a sample, `D`.
    public let cellCount: Int
    /// The number of states of the data, `S`.
    public let stateCount: Int
    /// The generator of each sample, `[count]`: the only source of that sample's randomness.
    public var generators: [CounterGenerator]
    /// How many times the denoiser has been called for this batch.
    public private(set) var denoiserCalls = 0

    private let denoiser: any Denoiser
    private let shaping: PosteriorShaping
    private let guide: (any Guide)?
    private var firstSample: Int
    private var tokens: [Token]
    private var times: [Double]
    private var logits: [Double]
    private var retainedTokens: [Token] = []
    private var retainedLogits: [Double] = []
    private var retainedRates: [Double]
    private var free: [[Int]]
    private var guided: [Double]
    private var weights: [Double]
    private var rates: [Double]
    private var order: [Int]
    private var revealOrders: [[Int]] = []

    init(denoiser: any Denoiser, shaping: PosteriorShaping, guide: (any Guide)? = nil) {
        cellCount = denoiser.cellCount
        stateCount = denoiser.stateCount
        self.denoiser = denoiser
        self.shaping = shaping
        self.guide = guide
        count = 0
        firstSample = 0
        (generators, free, tokens, times, logits) = ([], [], [], [], [])
        weights = Array(repeating: 0, count: stateCount)
        guided = weights
        rates = weights
        retainedRates = weights
        order = Array(0..<stateCount)
    }

    /// The token of a cell of a sample.
    public subscript(sample: Int, cell: Int) -> Token {
        get { tokens[sample * cellCount + cell] }
        set { tokens[sample * cellCount + cell] = newValue }
    }

    /// The cells of a sample that are not given, ascending. A sampler changes no others.
    public func freeCells(ofSample sample: Int) -> [Int] { free[sample] }

    /// The order in which a sample's free cells are revealed, the same in all steps: drawn when it is first asked for.
    ///
    /// - Parameter draw: Draws it from the free cells, ascending.
    public mutating func revealOrder(
        ofSample sample: Int, draw: (_ cells: [Int], _ generator: inout CounterGenerator) -> [Int]
    ) -> [Int] {
        if revealOrders.isEmpty { revealOrders = Array(repeating: [], count: count) }
        if revealOrders[sample].isEmpty, !free[sample].isEmpty {
            revealOrders[sample] = draw(free[sample], &generators[sample])
        }
        return revealOrders[sample]
    }

    /// Whether any sample has a free cell.
    var hasFreeCells: Bool { free.contains { !$0.isEmpty } }

    /// Calls the denoiser for all samples: one function evaluation.
    public mutating func predict(at time: Double) throws {
        for sample in 0..<count { times[sample] = time }
        denoiserCalls += 1
        try Self.call(denoiser, tokens: tokens, times: times, logits: &logits)
    }

    /// Puts the samples and the last call's answer by, for a sampler that looks at two calls in one step.
    ///
    /// What is put by is reached with `retainedToken` and `extrapolatedRates`.
    public mutating func retainPrediction() {
        retainedTokens.replaceSubrange(0..., with: tokens)
        retainedLogits.replaceSubrange(0..., with: logits)
    }

    /// The token that a cell held when `retainPrediction` was called.
    public func retainedToken(sample: Int, cell: Int) -> Token { retainedTokens[sample * cellCount + cell] }

    /// Draws x_0 of a cell from the shaped posterior of the last call.
    ///
    /// - Throws: `SamplingError.posterior`.
    public mutating func drawClean(sample: Int, cell: Int) throws(SamplingError) -> Token {
        try drawCleanWithProbability(sample: sample, cell: cell).token
    }

    /// Draws x_0 of a cell from the shaped posterior of the last call, and tells how probable the draw was, in (0, 1].
    ///
    /// - Throws: `SamplingError.posterior`.
    public mutating func drawCleanWithProbability(
        sample: Int, cell: Int
    ) throws(SamplingError) -> (token: Token, probability: Double) {
        let total = try shapePosterior(sample: sample, cell: cell)
        let token = Self.draw(from: weights, total: total, using: &generators[sample])
        return (token, weights[Int(token)] / total)
    }

    /// Computes the reverse rates of a cell from the shaped posterior of the last call, which was at `time`.
    ///
    /// - Returns: The sum of the rates; `drawTarget` then draws in proportion to them.
    /// - Throws: `SamplingError.posterior`.
    public mutating func reverseRates(
        sample: Int, cell: Int, process: some ForwardProcess, at time: Double
    ) throws(SamplingError) -> Double {
        let total = try shapePosterior(sample: sample, cell: cell)
        for state in 0..<stateCount { weights[state] /= total }
        let token = self[sample, cell]
        return Self.rates(of: process, from: token, posterior: weights, at: time, into: &rates)
    }

    /// One of the rates that `reverseRates` has left.
    public func rate(to state: Int) -> Double { rates[state] }

    /// Draws where a cell jumps, in proportion to the rates that `reverseRates` has left.
    public mutating func drawTarget(sample: Int, total: Double) -> Token {
        Self.draw(from: rates, total: total, using: &generators[sample])
    }

    /// Computes, of a cell that holds what it held when `retainPrediction` was called at time s, the rates
    /// `max(0, present * R_t - retained * R_s)`: the present ones are of the last call, which was at `time`.
    ///
    /// - Returns: The sum of the rates; `drawTarget` then draws in proportion to them.
    /// - Throws: `SamplingError.posterior`.
    public mutating func extrapolatedRates(
        sample: Int, cell: Int, process: some ForwardProcess, at time: Double, weight present: Double,
        retainedAt earlier: Double, weight retained: Double
    ) throws(SamplingError) -> Double {
        swap(&logits, &retainedLogits)
        _ = try reverseRates(sample: sample, cell: cell, process: process, at: earlier)
        swap(&logits, &retainedLogits)
        swap(&rates, &retainedRates)
        _ = try reverseRates(sample: sample, cell: cell, process: process, at: time)
        var sum = 0.0
        for state in 0..<stateCount {
            rates[state] = max(0, present * rates[state] - retained * retainedRates[state])
            sum += rates[state]
        }
        return sum
    }

    private mutating func shapePosterior(sample: Int, cell: Int) throws(SamplingError) -> Double {
        let start = (sample * cellCount + cell) * stateCount
        let row = start..<start + stateCount
        var total: Double?
        if let guide {
            for state in 0..<stateCount { guided[state] = logits[start + state] }
            Self.adjust(
                &guided, by: guide, cell: cell, tokens: tokens,
                sample: sample * cellCount..<(sample + 1) * cellCount)
            total = Self.shape(
                shaping, logits: guided, row: 0..<stateCount, into: &weights, order: &order)
        } else {
            total = Self.shape(shaping, logits: logits, row: row, into: &weights, order: &order)
        }
        guard let total else {
            throw .posterior(sample: firstSample + sample, cell: cell, time: times[sample])
        }
        return total
    }

    /// Fills the batch with new samples from the prior, given cells in place.
    mutating func start(
        samples: Range<Int>, seed: UInt64, firstIndex: Int, clamp: Clamp, process: some ForwardProcess
    ) {
        if samples.count != count { resize(to: samples.count) }
        firstSample = samples.lowerBound
        denoiserCalls = 0
        revealOrders = []
        generators = samples.map {
            CounterGenerator(seed: seed, stream: UInt64(truncatingIfNeeded: firstIndex &+ $0))
        }
        // Samples under one pattern share one list: an array is copied only when it is changed.
        var shared: (pattern: [Token?], free: [Int])?
        free = samples.map { index in
            guard let pattern = clamp.pattern(ofSample: index) else { return [] }
            if let shared, shared.pattern == pattern { return shared.free }
            let cells = pattern.indices.filter { pattern[$0] == nil }
            shared = (pattern, cells)
            return cells
        }
        if clamp.patterns.isEmpty { free = Array(repeating: Array(0..<cellCount), count: count) }
        for sample in 0..<count {
            let pattern = clamp.pattern(ofSample: samples.lowerBound + sample)
            for cell in 0..<cellCount {
                self[sample, cell] =
                    if let pattern, let token = pattern[cell] { token } else {
                        process.drawPrior(using: &generators[sample])
                    }
            }
        }
    }

    /// Appends the tokens of the batch's samples.
    func appendTokens(to result: inout [Token]) {
        result.append(contentsOf: tokens)
    }

    private mutating func resize(to newCount: Int) {
        count = newCount
        tokens = Array(repeating: 0, count: newCount * cellCount)
        times = Array(repeating: 0, count: newCount)
        logits = Array(repeating: 0, count: newCount * cellCount * stateCount)
    }
}

// A span of one stored property keeps the whole batch from being touched; these take the buffers one by one.
extension SamplingBatch {
    private static func call(
        _ denoiser: any Denoiser, tokens: [Token], times: [Double], logits: inout [Double]
    ) throws {
        var output = logits.mutableSpan
        try denoiser.predict(tokens: tokens.span, times: times.span, logits: &output)
    }

    private static func adjust(
        _ logits: inout [Double], by guide: some Guide, cell: Int, tokens: [Token], sample: Range<Int>
    ) {
        var adjusted = logits.mutableSpan
        guide.adjust(&adjusted, cell: cell, tokens: tokens.span.extracting(sample))
    }

    private static func shape(
        _ shaping: PosteriorShaping, logits: [Double], row: Range<Int>, into weights: inout [Double],
        order: inout [Int]
    ) -> Double? {
        var output = weights.mutableSpan
        return shaping.apply(logits.span.extracting(row), into: &output, order: &order)
    }

    private static func rates(
        of process: some ForwardProcess, from token: Token, posterior: [Double], at time: Double,
        into rates: inout [Double]
    ) -> Double {
        var output = rates.mutableSpan
        return process.reverseRates(from: token, posterior: posterior.span, at: time, into: &output)
    }

    private static func draw(
        from weights: [Double], total: Double, using generator: inout CounterGenerator
    ) -> Token {
        Token(generator.drawIndex(weights: weights.span, total: total))
    }
}
