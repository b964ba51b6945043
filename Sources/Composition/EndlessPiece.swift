import DiscreteDiffusion
import PianoRoll

/// Music without end, composed phrase by phrase, each from the bars before it: one piece after the other, or one that never
/// ends.
///
/// A window is half what came before and half new, as where `Composer` composes a piece longer than its window; a piece of the
/// same length and seed comes out the same. The phrases are functions of the seed and their number alone.
///
/// Pieces should end: what a window is shown it goes on with, and where the model has learnt a manner that some pieces keep
/// throughout, such as a rest of all voices after each phrase, it falls into it and stays for a hundred bars, as no end of a
/// piece takes it out (`docs/playing.md` has figures).
public struct EndlessPiece {
    /// What is composed.
    public struct Plan: Hashable, Sendable {
        /// How the piece lies on bars; a melody has its own.
        public var timing: TokenGrid.Timing
        /// Bars after which the music is over, and the last piece ends; nil for never.
        public var bars: Int?
        /// Bars of each piece; nil for one piece whose end is not in sight. A melody has its own number.
        public var pieceBars: Int?
        /// Voices that are given, over and over: a task with free voices, as of a harmonisation. Each time through is a piece of
        /// its own.
        public var melody: CompositionTask?
        /// Which of several phrases is taken.
        public var choice: PhraseChoice

        /// Creates a plan.
        public init(
            timing: TokenGrid.Timing = .init(), bars: Int? = nil, pieceBars: Int? = nil,
            melody: CompositionTask? = nil, choice: PhraseChoice = PhraseChoice()
        ) {
            self.timing = melody?.given.timing ?? timing
            self.bars = bars
            self.pieceBars = pieceBars
            self.melody = melody.map(Self.wholeBars)
            self.choice = choice
        }

        /// The task with rests up to a bar's length, so that the next time through begins where the first began in its bar.
        private static func wholeBars(_ task: CompositionTask) -> CompositionTask {
            let missing = -task.given.steps % task.given.timing.stepsPerBar
            guard missing != 0 else { return task }
            let cells = (missing + task.given.timing.stepsPerBar) * task.given.lanes
            var given = task.given
            given.tokens += Array(repeating: Vocabulary.rest, count: cells)
            let silentLanes = (0..<given.lanes).map { lane in
                task.given.steps == 0 || !task.isFree(step: task.given.steps - 1, lane: lane)
            }
            return CompositionTask(
                given: given, isFree: task.isFree + (0..<cells).map { !silentLanes[$0 % given.lanes] })
        }
    }

    /// What is composed.
    public let plan: Plan
    /// Steps composed so far.
    public private(set) var steps = 0

    private let composer: Composer
    private let settings: Composer.Settings
    private let openingSchedule: Schedule
    /// The latest steps of the present piece; empty at its beginning.
    private var context: TokenGrid
    /// Steps composed of the present piece.
    private var position = 0
    private var windows = 0
    /// By how many semitones the present piece is transposed, as its opening was to be in the key.
    private var shift = 0

    /// The shifts that models are told of, the smallest first.
    private static let shifts = (-5...6).sorted { (abs($0), $0) < (abs($1), $1) }

    /// Begins.
    ///
    /// - Parameters:
    ///   - composer: The model.
    ///   - settings: How to sample; the seed is that of all pieces.
    ///   - openingSchedule: The times for the first window of a piece, which nothing is given; nil takes those of `settings`.
    ///   - plan: What is composed.
    /// - Throws: `CompositionError.mismatch` if the melody is not in the model's tokens, `.nothingFree` if it has no free voice.
    public init(
        composer: Composer, settings: Composer.Settings, openingSchedule: Schedule? = nil, plan: Plan = Plan()
    ) throws(CompositionError) {
        if let melody = plan.melody {
            guard melody.given.vocabulary == composer.vocabulary, melody.given.lanes == composer.lanes else {
                throw .mismatch
            }
            guard melody.freeCount > 0 else { throw .nothingFree }
        }
        self.composer = composer
        self.settings = settings
        self.openingSchedule = openingSchedule ?? settings.schedule
        self.plan = plan
        context = TokenGrid(
            vocabulary: composer.vocabulary, lanes: composer.lanes, timing: plan.timing, tokens: [])
    }

    /// Steps of a phrase: as many whole bars as go into half a window; half a window where a bar is longer.
    public var phraseSteps: Int { wholeBars(in: composer.windowSteps / 2) }

    private func wholeBars(in steps: Int) -> Int {
        let bar = plan.timing.stepsPerBar
        return steps >= bar ? steps / bar * bar : steps
    }

    /// Composes the next phrase; nil when the music is over.
    ///
    /// Phrases side by side are the music: a phrase may begin with holds, of the notes at the end of the one before.
    ///
    /// - Parameter progress: Called after every step of the sampler; what it throws ends the work.
    /// - Throws: What `Composer.compose` throws.
    public mutating func next(progress: (Double) throws -> Void = { _ in }) throws -> TokenGrid? {
        if let left = stepsLeft, left <= 0 { return nil }
        if let pieceSteps, position >= pieceSteps {
            position = 0
            context.tokens = []
            context.timing = plan.timing
        }
        let pieceSteps = pieceSteps
        let given = context.steps
        var length = wholeBars(in: composer.windowSteps - given)
        if let pieceSteps { length = min(length, pieceSteps - position) }
        var settings = settings
        if given == 0 { settings.schedule = openingSchedule }
        let made = try composer.compose(
            task(steps: length),
            at: .init(
                stepsBefore: position - given, windowsBefore: windows, pieceSteps: pieceSteps,
                transposition: plan.melody != nil ? nil : given == 0 ? 0 : shift),
            count: plan.choice.candidates, settings: settings, progress: progress
        ).grids
        let whole =
            given == 0 && plan.melody == nil ? opening(made) : made[plan.choice.best(of: made, from: given)]
        // A melody may go on beyond the number of bars.
        let kept = min(length, stepsLeft ?? length)
        windows += 1
        position += length
        steps += kept
        context = whole.slice(
            steps: max(0, whole.steps - (composer.windowSteps - phraseSteps))..<whole.steps, start: .restart)
        return whole.slice(steps: given..<given + kept, start: .verbatim)
    }

    /// Steps until the music is over; nil if it never is.
    private var stepsLeft: Int? { plan.bars.map { $0 * plan.timing.stepsPerBar - steps } }

    /// Steps of the present piece; nil if its end is not in sight.
    private var pieceSteps: Int? {
        if let melody = plan.melody { return melody.given.steps }
        let own = plan.pieceBars.map { max(1, $0) * plan.timing.stepsPerBar }
        guard let left = stepsLeft else { return own }
        return min(own ?? .max, position + left)
    }

    /// The window: what came before, and so many steps of which at most the melody is given.
    private func task(steps: Int) -> CompositionTask {
        let new = position * composer.lanes..<(position + steps) * composer.lanes
        let blank = CompositionTask(
            vocabulary: composer.vocabulary, lanes: composer.lanes, timing: plan.timing, steps: steps)
        var given = context
        given.tokens += plan.melody.map { Array($0.given.tokens[new]) } ?? blank.given.tokens
        let isFree = plan.melody.map { Array($0.isFree[new]) } ?? blank.isFree
        return CompositionTask(
            given: given, isFree: Array(repeating: false, count: context.tokens.count) + isFree)
    }

    /// The best opening, moved into the key if one is asked for; the phrases after it are told how far.
    private mutating func opening(_ made: [TokenGrid]) -> TokenGrid {
        shift = 0
        guard plan.choice.key != nil else { return made[plan.choice.best(of: made, from: 0)] }
        let moved = made.flatMap { grid in
            Self.shifts.compactMap { shift in grid.transposed(by: shift).map { (shift: shift, grid: $0) } }
        }
        let chosen = moved[plan.choice.best(of: moved.map(\.grid), from: 0)]
        shift = chosen.shift
        return chosen.grid
    }
}
