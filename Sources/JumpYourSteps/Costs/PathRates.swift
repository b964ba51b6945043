import DiscreteDiffusion
import RealModule

/// What a sampler keeps fixed over a step, and so what the step costs.
public enum Freezing: String, CaseIterable, Sendable {
    /// The reverse rates, as `euler` does: `Rhat_s` as it is at (s, x_s). Not for ordinal noise, whose jumps go to neighbours of where
    /// the cell is.
    case rates
    /// The posterior, as `tweedie` does: on the way down a cell follows the bridge to an x_0 drawn at s.
    case posterior
}

/// Data samples, each noised to a time of its forward path, with the reverse rates that a denoiser gives their cells.
///
/// The noise of a sample is common to all times: its rows lie on one path.
struct PathRates<Process: ForwardProcess> {
    /// A sample at a time.
    struct Place: Hashable {
        var sample: Int
        var time: Double
    }

    let process: Process
    let cellCount: Int
    let stateCount: Int
    /// The free cells of each sample.
    let freeCells: [[Int]]
    private(set) var denoiserCalls = 0

    private let denoiser: any Denoiser
    private let data: [Token]
    private let known: [Bool]?
    private let seed: UInt64
    private let batchSize: Int

    /// Checks the data.
    ///
    /// - Throws: `CostError`.
    init(
        process: Process, denoiser: any Denoiser, data: [Token], known: [Bool]?, seed: UInt64, batchSize: Int
    ) throws(CostError) {
        guard batchSize >= 1 else { throw .batchSize(batchSize) }
        // The same checks as for masking orders: what is measured differs, the data do not.
        freeCells = try MaskingOrder.orders(denoiser: denoiser, data: data, known: known, seed: seed).reduce(
            into: Array(repeating: [Int](), count: data.count / denoiser.cellCount)
        ) { $0[$1.sample] = $1.cells.sorted() }
        self.process = process
        self.denoiser = denoiser
        self.data = data
        self.known = known
        self.seed = seed
        self.batchSize = batchSize
        (cellCount, stateCount) = (denoiser.cellCount, denoiser.stateCount)
    }

    /// The samples that have a free cell.
    var samples: [Int] { freeCells.indices.filter { !freeCells[$0].isEmpty } }

    /// Noises samples and asks the denoiser.
    ///
    /// - Precondition: Every time is above 0.
    mutating func rows(_ places: [Place]) throws -> PathRows {
        var rows = PathRows(process: process, cellCount: cellCount, stateCount: stateCount)
        for first in stride(from: 0, to: places.count, by: batchSize) {
            let part = places[first..<min(first + batchSize, places.count)]
            var tokens: [Token] = []
            for place in part {
                precondition(place.time > 0, "rates at t = \(place.time)")
                let cells = place.sample * cellCount..<(place.sample + 1) * cellCount
                tokens += process.noised(
                    data[cells], to: place.time, known: known.map { Array($0[cells]) }, seed: seed,
                    stream: UInt64(place.sample))
            }
            var logits = [Double](repeating: 0, count: tokens.count * stateCount)
            let times = part.map(\.time)
            var output = logits.mutableSpan
            try denoiser.predict(tokens: tokens.span, times: times.span, logits: &output)
            denoiserCalls += part.count
            for (index, place) in part.enumerated() {
                let cells = index * cellCount..<(index + 1) * cellCount
                try rows.append(
                    tokens: tokens[cells], time: place.time, free: freeCells[place.sample],
                    logits: logits[cells.lowerBound * stateCount..<cells.upperBound * stateCount],
                    sample: place.sample)
            }
        }
        return rows
    }

    /// Samples by `tweedie` on a grid; the rows of each sample are what the denoiser was shown, and what it said, at each time but 0.
    mutating func modelRows(_ samples: [Int], grid: Schedule) throws -> [PathRows] {
        let recorder = RecordingDenoiser(denoiser)
        let patterns = samples.map { sample in
            (sample * cellCount..<(sample + 1) * cellCount).map { known?[$0] == true ? data[$0] : nil }
        }
        _ = try TweedieSampler().sample(
            count: samples.count, seed: seed, firstIndex: samples[0], process: process, denoiser: recorder,
            schedule: grid, clamp: Clamp(perSample: patterns), batchSize: samples.count)
        denoiserCalls += recorder.calls.count * samples.count
        return try samples.enumerated().map { index, sample in
            var rows = PathRows(process: process, cellCount: cellCount, stateCount: stateCount)
            let cells = index * cellCount..<(index + 1) * cellCount
            for call in recorder.calls {
                try rows.append(
                    tokens: call.tokens[cells], time: call.time, free: freeCells[sample],
                    logits: call.logits[cells.lowerBound * stateCount..<cells.upperBound * stateCount],
                    sample: sample)
            }
            return rows
        }
    }
}

/// A denoiser that keeps what it is shown, and what it says.
private final class RecordingDenoiser: Denoiser {
    private(set) var calls: [(time: Double, tokens: [Token], logits: [Double])] = []
    private let denoiser: any Denoiser

    init(_ denoiser: any Denoiser) { self.denoiser = denoiser }

    var cellCount: Int { denoiser.cellCount }
    var stateCount: Int { denoiser.stateCount }

    func predict(tokens: Span<Token>, times: Span<Double>, logits: inout MutableSpan<Double>) throws {
        try denoiser.predict(tokens: tokens, times: times, logits: &logits)
        calls.append(
            (
                time: times[0], tokens: (0..<tokens.count).map { tokens[$0] },
                logits: (0..<logits.count).map { logits[$0] }
            ))
    }
}
