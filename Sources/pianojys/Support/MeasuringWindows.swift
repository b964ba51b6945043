import Composition
import Corpus
import DiscreteDiffusion
import PianoRoll

/// Windows of a corpus' training split, all of one length and meter, for measuring a model.
struct MeasuringWindows {
    /// The clean cells, `[count, D]`.
    let tokens: [Token]
    /// The cells the task gives, `[count, D]`; nil if none.
    let known: [Bool]?
    /// Which piece each is of, `[count]`.
    let pieces: [Int]
    /// How all of them lie on bars.
    let timing: TokenGrid.Timing
    /// Where all of them lie in their pieces, as far as the model is told.
    let window: Range<Int>
    /// Pieces of the training split, and those of them that no window is of: too short, or not in 4/4.
    let pieceCount, shortCount, otherMeterCount: Int

    /// Draws windows that begin on a bar line and lie where neither end of the piece is in sight.
    ///
    /// - Throws: `Failure`, `CorpusDecodingError`, `TokenGridError`.
    init(corpus path: String, model: GridModel, task: String, count: Int, seed: UInt64) throws {
        let corpus = try CorpusInput.read(path, for: model)
        let timing = TokenGrid.Timing()
        let steps = model.steps
        var windows: [(piece: Int, grid: TokenGrid)] = []
        var (longest, short, otherMeter) = (0, 0, 0)
        let training = corpus.pieces(in: .train)
        for (index, piece) in training.enumerated() {
            let grid = piece.grid
            var expected = timing
            expected.firstStepInBar = grid.timing.firstStepInBar
            guard grid.timing == expected else {
                otherMeter += 1
                continue
            }
            let first = (timing.stepsPerBar - grid.timing.firstStepInBar) % timing.stepsPerBar
            longest = max(longest, grid.steps - first)
            if grid.steps - first < steps { short += 1 }
            for start in stride(from: first, through: grid.steps - steps, by: timing.stepsPerBar) {
                windows.append((index, grid.slice(steps: start..<start + steps)))
            }
        }
        guard Set(windows.map(\.piece)).count >= 2 else {
            throw Failure.badData(
                "\(path): two pieces in 4/4 of the training split have to be as long as the model's windows, \(steps) steps "
                    + "from a bar line on; \(longest == 0 ? "none is in 4/4" : "the longest has \(longest)")")
        }
        var generator = CounterGenerator(seed: seed, for: .data)
        var order = generator.drawOrder(of: windows.count)
        // Two pieces come first, so that whatever the count the spread over pieces is known.
        if let other = order.firstIndex(where: { windows[$0].piece != windows[order[0]].piece }) {
            order.swapAt(1, other)
        }
        let chosen = (0..<count).map { windows[order[$0 % windows.count]] }
        let flags = try Self.known(
            task: task, steps: steps, lanes: model.lanes)
        tokens = chosen.flatMap(\.grid.tokens)
        pieces = chosen.map(\.piece)
        known = flags.map { flags in chosen.flatMap { _ in flags } }
        self.timing = timing
        (pieceCount, shortCount, otherMeterCount) = (training.count, short, otherMeter)
        // Far enough from the beginning that the model takes it for the middle of a piece.
        window = 64 * timing.stepsPerBar..<64 * timing.stepsPerBar + steps
    }

    /// What there is to say of pieces that no window is of; nil if there are none.
    var leftOutNote: String? {
        let reasons = [
            (shortCount, "shorter than the model's windows, \(window.count) steps from a bar line on"),
            (otherMeterCount, "not in 4/4"),
        ].filter { $0.0 > 0 }.map { "\($0.0) \($0.1)" }
        guard !reasons.isEmpty else { return nil }
        return "left out of \(pieceCount) training pieces: \(reasons.joined(separator: "; "))"
    }

    /// The tasks that schedules are made for.
    static let tasks = ["generate", "continue", "harmonise", "infill"]

    /// Which cells a task gives, `[D]`; nil if none.
    static func known(task: String, steps: Int, lanes: Int) throws -> [Bool]? {
        let isKnown: (Int, Int) -> Bool
        switch task {
        case "generate": return nil
        case "continue": isKnown = { step, _ in step < steps / 2 }
        case "harmonise":
            guard lanes > 1 else { throw Failure.usage("--task harmonise needs a model of several voices") }
            isKnown = { _, lane in lane == 0 }
        case "infill": isKnown = { step, _ in !(steps / 4..<steps * 3 / 4).contains(step) }
        default: throw Failure.usage("--task is generate, continue, harmonise or infill, not '\(task)'")
        }
        return (0..<steps).flatMap { step in (0..<lanes).map { isKnown(step, $0) } }
    }
}
