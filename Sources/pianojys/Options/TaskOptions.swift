import ArgumentParser
import Composition
import PianoRoll

/// What is to be composed.
struct TaskOptions: ParsableArguments {
    @Option(help: "How many bars. (default: 8; with --prompt 16)")
    var bars: Int?

    @Option(
        help:
            "Go on from the first bars of this MIDI file or grid; notes that sound at their end may be held on."
    )
    var prompt: String?

    @Option(help: "How many bars of the prompt are kept. (default: 2)")
    var promptBars: Int?

    @Option(help: "Keep these voices of --from and compose the others: soprano, or soprano,bass, or numbers.")
    var keep: String?

    @Option(help: "Compose these bars and voices of --from anew: bars=5-8,voices=alto,tenor.")
    var infill: String?

    @Option(help: "The MIDI file, or grid in JSON, that --keep and --infill start from.")
    var from: String?

    @Option(
        parsing: .unconditional,
        help: "Semitones by which the piece of --prompt or --from is moved before anything is composed.")
    var transpose: Int?

    @OptionGroup
    var piece: PieceOption

    /// Bars that can be asked for.
    private static let barLimit = 10_000

    /// Sets the task for a model.
    func request(for model: GridModel, console: Console) throws -> CompositionRequest {
        if let bars, !(1...Self.barLimit).contains(bars) {
            throw Failure.usage("--bars \(bars) is not in 1...\(Self.barLimit)")
        }
        let chosen = [prompt != nil, keep != nil, infill != nil].count { $0 }
        guard chosen <= 1 else { throw Failure.usage("--prompt, --keep and --infill go one at a time") }
        guard piece.piece == nil || prompt != nil || from != nil else {
            throw Failure.usage("--piece goes with --prompt or --from")
        }
        if let transpose {
            guard prompt != nil || from != nil else {
                throw Failure.usage("--transpose goes with --prompt or --from")
            }
            guard (-127...127).contains(transpose) else {
                throw Failure.usage("--transpose \(transpose) is not in -127...127")
            }
        }
        guard promptBars == nil || prompt != nil else {
            throw Failure.usage("--prompt-bars goes with --prompt")
        }
        if keep != nil || infill != nil {
            guard from != nil else {
                throw Failure.usage("\(keep != nil ? "--keep" : "--infill") needs --from FILE")
            }
            guard bars == nil else {
                throw Failure.usage("--bars goes with new pieces and --prompt; --from has its own")
            }
        } else if from != nil {
            throw Failure.usage("--from needs --keep VOICES or --infill REGION")
        }
        if let prompt { return try continuation(prompt, model: model, console: console) }
        if let from, let keep { return try harmonisation(from, keep: keep, model: model, console: console) }
        if let from, let infill { return try infilling(from, region: infill, model: model, console: console) }
        let timing = TokenGrid.Timing()
        let task = CompositionTask(
            vocabulary: model.vocabulary, lanes: model.lanes, timing: timing,
            steps: (bars ?? 8) * timing.stepsPerBar)
        return CompositionRequest(name: "generate", task: task, source: nil)
    }

    /// What was asked for, for those who want to have it again.
    func details(bars: Int) -> [(name: String, value: String)] { [("bars", "\(bars)")] + given }

    /// What was given to compose to, by the names of the options.
    var given: [(name: String, value: String)] {
        let given: [(String, String?)] = [
            ("prompt", prompt), ("prompt-bars", prompt.map { _ in "\(promptBars ?? 2)" }), ("from", from),
            ("keep", keep), ("infill", infill), ("transpose", transpose.map(String.init)),
            ("piece", piece.piece.map(String.init)),
        ]
        return given.compactMap { name, value in value.map { (name, $0) } }
    }

    /// The options that were given, as words of a command.
    var words: [String] {
        let given: [(String, String?)] = [
            ("--bars", bars.map(String.init)), ("--prompt", prompt),
            ("--prompt-bars", promptBars.map(String.init)),
            ("--keep", keep), ("--infill", infill), ("--from", from),
            ("--transpose", transpose.map(String.init)),
            ("--piece", piece.piece.map(String.init)),
        ]
        return given.flatMap { option, value in value.map { [option, $0] } ?? [] }
    }

    /// Reads the piece to start from, and moves it if asked.
    private func music(_ file: String, console: Console) throws -> Score {
        let score = try InputFile.music(file, piece: piece, console: console)
        guard let transpose else { return score }
        guard let moved = score.transposed(by: transpose) else {
            throw Failure.usage(
                "--transpose \(transpose): a note of \(file) would be outside of MIDI's range")
        }
        return moved
    }

    /// Says so where the file has notes that no voice of the model can take, or that its steps do not hold, or more meters than one.
    private func source(_ score: Score, lanes: Int, voices: [Int]? = nil, console: Console) throws
        -> SourcePiece
    {
        let source = try SourcePiece(score, lanes: lanes, voices: voices)
        let lost = zip(score.notes, source.laneOfNote).count { $0.channel != 9 && $1 == nil }
        if lost > 0 {
            console.note(
                "\(lost) of \(score.notes.count) notes are left out: the model has \(lanes) \(lanes == 1 ? "voice" : "voices")"
            )
        }
        let triplets = source.report.tripletCount
        if triplets > 0 {
            console.note(
                "\(triplets) of \(score.notes.count) notes are triplets: the model and grids have them on the nearest "
                    + "sixteenths; in MIDI and sound those that are kept stay as they were")
        }
        if source.report.ignoredMeterCount > 0 {
            let timing = source.grid.timing
            console.note(
                "the piece changes its meter; its bars are counted as \(timing.meterNumerator)/\(timing.meterDenominator) throughout"
            )
        }
        return source
    }

    private func continuation(_ file: String, model: GridModel, console: Console) throws -> CompositionRequest
    {
        let score = try music(file, console: console)
        return try Failure.naming(file) {
            let source = try source(score, lanes: model.lanes, console: console)
            let task = try source.continuation(
                after: promptBars ?? 2, total: bars ?? 16, vocabulary: model.vocabulary)
            return CompositionRequest(name: "continue", task: task, source: source)
        }
    }

    private func harmonisation(
        _ file: String, keep: String, model: GridModel, console: Console
    ) throws -> CompositionRequest {
        let lanes = try keep.split(separator: ",").map {
            try SourcePiece.lane(named: String($0), lanes: model.lanes)
        }
        guard !lanes.isEmpty else { throw Failure.usage("--keep needs the name of a voice") }
        let score = try music(file, console: console)
        return try Failure.naming(file) {
            let source = try source(
                score, lanes: model.lanes, voices: lanes.sorted(), console: console)
            let task = try source.harmonisation(keeping: Set(lanes), vocabulary: model.vocabulary)
            for lane in Set(lanes).sorted() { noteRange(of: lane, in: source.grid, console: console) }
            return CompositionRequest(name: "harmonise", task: task, source: source)
        }
    }

    /// Says so where most of a kept voice is another's by its range.
    private func noteRange(of lane: Int, in grid: TokenGrid, console: Console) {
        guard grid.lanes == VoiceLeadingFault.choirRanges.count else { return }
        let range = VoiceLeadingFault.choirRanges[lane]
        let notes = grid.notes(inLane: lane)
        let outside = notes.count { !range.contains($0.pitch) }
        guard outside * 2 > notes.count else { return }
        console.note(
            "\(outside) of \(notes.count) notes of the \(SourcePiece.voiceNames(lanes: grid.lanes)[lane]) are outside its range, "
                + "\(TokenGrid.name(ofPitch: range.lowerBound)) to \(TokenGrid.name(ofPitch: range.upperBound)): "
                + "if it is another voice, keep that one")
    }

    private func infilling(
        _ file: String, region: String, model: GridModel, console: Console
    ) throws -> CompositionRequest {
        let region = try InfillRegion(region, lanes: model.lanes)
        let score = try music(file, console: console)
        return try Failure.naming(file) {
            let source = try source(score, lanes: model.lanes, console: console)
            let task = try source.infilling(
                bars: region.bars, lanes: region.lanes, vocabulary: model.vocabulary)
            return CompositionRequest(name: "infill", task: task, source: source)
        }
    }
}
