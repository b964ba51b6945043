import DiscreteDiffusion
import NeuralEngine
import PianoRoll

/// Composes grids with a model: what a task leaves free is sampled, the rest stays as it is.
///
/// A piece longer than the model's window is composed window by window, each from the second half of the one before. The
/// denoiser is told how the window lies in its bars and how far off the ends of the piece are.
public struct Composer {
    /// Makes the denoiser of a window: how the piece lies on bars, the window's steps, those of the piece, nil if its end
    /// is not in sight, and by how much the piece is transposed, nil if that is for the given notes to tell.
    public typealias DenoiserFactory = (TokenGrid.Timing, Range<Int>, Int?, Int?) throws -> any Denoiser

    /// Where the grid of a task lies in a longer piece.
    public struct Place: Hashable, Sendable {
        /// Steps of the piece before the grid.
        public var stepsBefore: Int
        /// Windows of the piece before the grid; each has randomness of its own.
        public var windowsBefore: Int
        /// Steps of the whole piece; nil if its end is not in sight.
        public var pieceSteps: Int?
        /// By how many semitones the piece is transposed from where its like is written; nil if that is for the given
        /// notes to tell.
        public var transposition: Int?

        /// Creates a place.
        public init(stepsBefore: Int, windowsBefore: Int, pieceSteps: Int?, transposition: Int?) {
            self.stepsBefore = stepsBefore
            self.windowsBefore = windowsBefore
            self.pieceSteps = pieceSteps
            self.transposition = transposition
        }
    }

    /// How grids are sampled.
    public struct Settings: Sendable {
        /// The sampler.
        public var sampler: any Sampler
        /// The times at which the model is called, for every window.
        public var schedule: Schedule
        /// Temperature and nucleus.
        public var shaping: PosteriorShaping
        /// Faults of voice leading that are made less probable.
        public var avoided: Set<VoiceLeadingFault>
        /// The seed.
        public var seed: UInt64

        /// Creates settings.
        public init(
            sampler: any Sampler, schedule: Schedule, shaping: PosteriorShaping = .none,
            avoided: Set<VoiceLeadingFault> = [], seed: UInt64
        ) {
            self.sampler = sampler
            self.schedule = schedule
            self.shaping = shaping
            self.avoided = avoided
            self.seed = seed
        }
    }

    /// What the tokens stand for.
    public let vocabulary: Vocabulary
    /// Voices of a grid.
    public let lanes: Int
    /// Steps of the longest window, at least 2.
    public let windowSteps: Int
    private let process: any ForwardProcess
    private let makeDenoiser: DenoiserFactory

    /// Composes with any denoiser of a noise, absorbing if nil.
    ///
    /// - Precondition: `windowSteps >= 2`.
    public init(
        vocabulary: Vocabulary, lanes: Int, windowSteps: Int, process: (any ForwardProcess)? = nil,
        makeDenoiser: @escaping DenoiserFactory
    ) {
        precondition(windowSteps >= 2, "windows of \(windowSteps) steps")
        self.vocabulary = vocabulary
        self.lanes = lanes
        self.windowSteps = windowSteps
        self.makeDenoiser = makeDenoiser
        self.process = process ?? AbsorbingProcess(stateCount: vocabulary.count)
    }

    /// Composes with a trained model.
    ///
    /// - Parameters:
    ///   - model: The model.
    ///   - transpositions: In how many keys the model is asked in each call; 1 unless its noise has a mask.
    ///   - precision: The precision of the matrix products; nil takes bf16 where the processor has it.
    ///   - threads: Threads to use.
    public init(model: GridModel, transpositions: Int = 1, precision: Precision? = nil, threads: Int) {
        self.init(
            vocabulary: model.vocabulary, lanes: model.lanes, windowSteps: max(2, model.steps),
            process: model.process
        ) {
            model.denoiser(
                timing: $0, window: $1, pieceSteps: $2, transposition: $3, transpositions: transpositions,
                precision: precision, threads: threads)
        }
    }

    /// The windows in which a piece is composed: one if it fits, else each half a window on from the one before, the
    /// last ending with the piece.
    public func windows(ofPiece steps: Int) -> [Range<Int>] {
        guard steps > windowSteps else { return steps > 0 ? [0..<steps] : [] }
        let stride = windowSteps - windowSteps / 2
        var windows = [0..<windowSteps]
        while let last = windows.last, last.upperBound < steps {
            let end = min(steps, last.upperBound + stride)
            windows.append(end - windowSteps..<end)
        }
        return windows
    }

    /// Composes several versions of a task.
    ///
    /// Version i depends on the seed and i alone, whatever the count.
    ///
    /// - Parameters:
    ///   - task: What is given and what is free.
    ///   - place: Where the task's grid lies in a longer piece; nil if it is the piece.
    ///   - first: The number of the first version, from 0.
    ///   - count: How many versions.
    ///   - settings: How to sample.
    ///   - progress: Called after every step with the share of the work done; what it throws ends the work.
    /// - Returns: The versions, each well-formed, and how often the model was called for each.
    /// - Throws: `CompositionError.mismatch`, `SamplingError`, and what the model or `progress` throws.
    public func compose(
        _ task: CompositionTask, at place: Place? = nil, first: Int = 0, count: Int = 1, settings: Settings,
        progress: (Double) throws -> Void = { _ in }
    ) throws -> (grids: [TokenGrid], denoiserCalls: Int) {
        guard task.given.vocabulary == vocabulary, task.given.lanes == lanes else {
            throw CompositionError.mismatch
        }
        var versions = Array(repeating: task.given, count: max(0, count))
        let windows = windows(ofPiece: task.given.steps).filter { task.hasFreeCell(in: $0) }
        let place =
            place
            ?? Place(
                stepsBefore: 0, windowsBefore: 0, pieceSteps: task.given.steps,
                transposition: task.freeCount == task.isFree.count ? 0 : nil)
        let timing = task.given.timing.moved(back: place.stepsBefore)
        let guide =
            settings.avoided.isEmpty
            ? nil : VoiceLeadingGuide(faults: settings.avoided, vocabulary: vocabulary, lanes: lanes)
        var calls = 0
        var settled = 0
        for (index, window) in windows.enumerated() {
            let patterns = versions.map { task.pattern(of: $0, window: window, settledSteps: settled) }
            let inPiece = window.lowerBound + place.stepsBefore..<window.upperBound + place.stepsBefore
            let samples = try settings.sampler.sample(
                count: versions.count, seed: settings.seed,
                firstIndex: (place.windowsBefore + index) << 32 + first, process: process,
                denoiser: makeDenoiser(timing, inPiece, place.pieceSteps, place.transposition),
                schedule: settings.schedule, clamp: Clamp(perSample: patterns), shaping: settings.shaping,
                guide: guide,
                progress: {
                    let share = Double($0.completedSteps) / Double(max(1, $0.totalSteps))
                    try progress((Double(index) + share) / Double(windows.count))
                })
            calls += samples.denoiserCalls
            for version in versions.indices {
                task.place(samples[version], window: window, settledSteps: settled, in: &versions[version])
            }
            settled = window.upperBound
        }
        return (versions.map { $0.repaired() }, calls)
    }
}

extension TokenGrid.Timing {
    /// The timing of a piece that begins so many steps earlier.
    func moved(back steps: Int) -> TokenGrid.Timing {
        var result = self
        let place = (firstStepInBar - steps) % stepsPerBar
        result.firstStepInBar = place < 0 ? place + stepsPerBar : place
        return result
    }
}
