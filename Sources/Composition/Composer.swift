import DiscreteDiffusion
import PianoRoll

/// Composes what is free in a draft, by sampling a model's reverse process.
///
/// A piece longer than the model's window is composed window by window, each half a window further on and
/// conditioned on what stands already.
public struct Composer {
    /// How samples are drawn.
    public struct Settings: Sendable {
        /// The sampler.
        public var sampler: any Sampler
        /// The times of its steps.
        public var schedule: Schedule
        /// Temperature and nucleus.
        public var shaping: PosteriorShaping
        /// What all random numbers are drawn from.
        public var seed: UInt64

        /// Creates settings.
        public init(
            sampler: any Sampler = TweedieSampler(), schedule: Schedule, shaping: PosteriorShaping = .none,
            seed: UInt64
        ) {
            self.sampler = sampler
            self.schedule = schedule
            self.shaping = shaping
            self.seed = seed
        }
    }

    /// What was composed.
    public struct Result: Sendable {
        /// The pieces, well-formed.
        public var pieces: [TokenGrid]
        /// Denoiser calls a piece took: the NFE, times the windows.
        public var denoiserCalls: Int
    }

    /// Makes the denoiser of a window: its steps in the piece, and the piece's length if its end is in sight.
    public typealias DenoiserMaker = (
        _ timing: TokenGrid.Timing, _ window: Range<Int>, _ pieceSteps: Int?
    ) throws -> any Denoiser

    private let windowSteps: Int
    private let process: AbsorbingProcess
    private let makeDenoiser: DenoiserMaker

    /// A composer on any denoiser of absorbing noise.
    ///
    /// - Parameters:
    ///   - windowSteps: The most steps that are looked at together.
    ///   - stateCount: Tokens of the vocabulary.
    ///   - makeDenoiser: Makes the denoiser of a window.
    public init(windowSteps: Int, stateCount: Int, makeDenoiser: @escaping DenoiserMaker) {
        precondition(windowSteps >= 2, "a window of \(windowSteps) steps")
        self.windowSteps = windowSteps
        process = AbsorbingProcess(stateCount: stateCount)
        self.makeDenoiser = makeDenoiser
    }

    /// Composes so many versions of a draft.
    ///
    /// - Parameters:
    ///   - draft: What is known.
    ///   - count: How many pieces are wanted.
    ///   - firstIndex: The number of the first one: piece `i` of a seed is the same whatever `count` is.
    ///   - progress: Called with the share that is done; throwing stops the work.
    public func compose(
        _ draft: Draft, count: Int, firstIndex: Int = 0, settings: Settings,
        progress: (Double) throws -> Void = { _ in }
    ) throws -> Result {
        var cells = [[UInt16?]](repeating: draft.cells, count: count)
        var calls = 0
        let starts = windowStarts(steps: draft.steps)
        for (index, start) in starts.enumerated() {
            let window = start..<min(draft.steps, start + windowSteps)
            let denoiser = try makeDenoiser(draft.timing, window, draft.endsPiece ? draft.steps : nil)
            let patterns = cells.map { pattern(of: $0, in: window, draft: draft) }
            let samples = try settings.sampler.sample(
                count: count, seed: settings.seed &+ UInt64(index) &* 0x9E37_79B9_7F4A_7C15, firstIndex: firstIndex,
                process: process, denoiser: denoiser, schedule: settings.schedule,
                clamp: Clamp(perSample: patterns), shaping: settings.shaping
            ) { done in
                let share = Double(done.completedSteps) / Double(max(1, done.totalSteps))
                try progress((Double(index) + share) / Double(starts.count))
            }
            calls += samples.denoiserCalls
            for sample in 0..<count {
                let tokens = Array(samples[sample])
                for cell in tokens.indices where cells[sample][start * draft.lanes + cell] == nil {
                    cells[sample][start * draft.lanes + cell] = tokens[cell]
                }
            }
        }
        let pieces = cells.map { cells in
            TokenGrid(
                vocabulary: draft.vocabulary, lanes: draft.lanes, timing: draft.timing,
                tokens: cells.map { $0 ?? Vocabulary.rest }
            ).repaired()
        }
        return Result(pieces: pieces, denoiserCalls: calls)
    }

    /// Where the windows begin: every half window, the last one flush with the end.
    private func windowStarts(steps: Int) -> [Int] {
        guard steps > windowSteps else { return steps > 0 ? [0] : [] }
        let last = steps - windowSteps
        return Array(stride(from: 0, to: last, by: windowSteps / 2)) + [last]
    }

    /// What is known of a window; a note that sounds on into it is struck at its first step, as in training.
    private func pattern(of cells: [UInt16?], in window: Range<Int>, draft: Draft) -> [Token?] {
        var pattern = Array(cells[window.lowerBound * draft.lanes..<window.upperBound * draft.lanes])
        guard let hold = draft.vocabulary.hold else { return pattern }
        for lane in 0..<draft.lanes where pattern[lane] == hold {
            var step = window.lowerBound
            while step > 0, cells[step * draft.lanes + lane] == hold { step -= 1 }
            let origin = cells[step * draft.lanes + lane] ?? nil
            pattern[lane] = origin.flatMap { draft.vocabulary.pitch(of: $0) != nil ? $0 : nil } ?? Vocabulary.rest
        }
        return pattern
    }
}
