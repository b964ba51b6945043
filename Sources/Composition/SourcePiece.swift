import PianoRoll

/// A score that a task starts from: its grid, and which lane each of its notes belongs to.
public struct SourcePiece: Hashable, Sendable {
    /// The score as it was read.
    public let score: Score
    /// The grid in the onset encoding over all pitches, as many lanes as the model has.
    public let grid: TokenGrid
    /// The lane of each note of the score; nil for drums and for notes that no lane can hold.
    public let laneOfNote: [Int?]
    /// Where each note of the score ends on the grid, in ticks: before the next of its line, if that was played legato.
    let lineEnds: [Int]
    /// Whether each lane has a voice of the score.
    public let hasVoice: [Bool]
    /// What became of the score's notes on the grid.
    public let report: QuantisationReport

    /// Lays a score on the lanes of a model.
    ///
    /// - Parameters:
    ///   - score: The score.
    ///   - lanes: The model's lanes.
    ///   - stepsPerQuarter: Steps in a quarter note.
    ///   - voices: The lanes that the score's voices are, in order, if it has fewer than the model; nil if it has to have
    ///     all of them.
    /// - Throws: `CompositionError.noNotes`, `.voiceCount`, and `ScoreError` if the score cannot be laid on a grid.
    public init(_ score: Score, lanes: Int, stepsPerQuarter: Int = 4, voices: [Int]? = nil) throws {
        guard score.notes.contains(where: { $0.channel != 9 }) else { throw CompositionError.noNotes }
        let vocabulary = Vocabulary(encoding: .onset)
        let lines = score.withoutLegatoOverlaps()
        func encode(lanes: Int?) throws -> (grid: TokenGrid, report: QuantisationReport) {
            try lines.encoded(
                .init(vocabulary: vocabulary, lanes: lanes, stepsPerQuarter: stepsPerQuarter))
        }
        var (grid, report) = try encode(lanes: nil)
        let places: [Int]
        if grid.lanes == lanes {
            places = Array(0..<lanes)
        } else if let voices, grid.lanes == voices.count {
            places = voices
        } else if grid.lanes < lanes {
            throw CompositionError.voiceCount(found: grid.lanes, lanes: lanes, kept: voices?.count)
        } else {
            (grid, report) = try encode(lanes: lanes)
            places = Array(0..<lanes)
        }
        var placed = TokenGrid(
            vocabulary: vocabulary, lanes: lanes, timing: grid.timing,
            tokens: Array(repeating: Vocabulary.rest, count: grid.steps * lanes))
        for (lane, place) in places.enumerated() {
            for step in 0..<grid.steps { placed[step, place] = grid[step, lane] }
        }
        self.score = score
        self.grid = placed
        lineEnds = lines.notes.map(\.endTick)
        laneOfNote = Self.lanes(of: score, in: placed)
        hasVoice = (0..<lanes).map { places.contains($0) }
        self.report = report
    }

    /// The tick at which a step begins.
    public func tick(ofStep step: Int) -> Int {
        let steps = grid.timing.stepsPerQuarter
        return (step * score.ticksPerQuarter + steps / 2) / steps
    }

    /// The step nearest to a tick, of two the later.
    func step(nearest tick: Int) -> Int {
        (2 * tick * grid.timing.stepsPerQuarter + score.ticksPerQuarter) / (2 * score.ticksPerQuarter)
    }

    /// The steps that a note has on the grid, at least one.
    func steps(of note: Note) -> Range<Int> {
        let start = step(nearest: note.startTick)
        return start..<max(start + 1, step(nearest: note.endTick))
    }

    /// The track and channel of a lane's notes, if it has any.
    func part(ofLane lane: Int) -> (track: Int, channel: UInt8)? {
        let notes = score.notes.indices.lazy.filter { laneOfNote[$0] == lane }.map { score.notes[$0] }
        return NotePart.commonest(of: notes).map { ($0.track, $0.channel) }
    }

    /// Finds the notes of each lane again: by start and pitch, then by track where a track is one lane's alone.
    private static func lanes(of score: Score, in grid: TokenGrid) -> [Int?] {
        struct Key: Hashable {
            let step: Int
            let pitch: UInt8
        }
        let steps = grid.timing.stepsPerQuarter
        var open: [Key: [Int]] = [:]
        for (lane, note) in grid.notes.map({ ($0.lane, $0) }) {
            open[Key(step: note.steps.lowerBound, pitch: note.pitch), default: []].append(lane)
        }
        var result = [Int?](repeating: nil, count: score.notes.count)
        var votes: [NotePart: [Int: Int]] = [:]
        func key(_ note: Note) -> Key {
            let step = (2 * note.startTick * steps + score.ticksPerQuarter) / (2 * score.ticksPerQuarter)
            return Key(step: step, pitch: note.pitch)
        }
        for note in score.notes where note.channel != 9 {
            for lane in open[key(note)] ?? [] { votes[NotePart(note), default: [:]][lane, default: 0] += 1 }
        }
        let home = votes.mapValues { $0.max { ($0.value, $1.key) < ($1.value, $0.key) }?.key }
        // Where voices meet on one pitch each takes the note of its own part first.
        for pass in 0..<2 {
            for (index, note) in score.notes.enumerated() where note.channel != 9 && result[index] == nil {
                guard var candidates = open[key(note)], !candidates.isEmpty else { continue }
                let own = candidates.firstIndex { $0 == home[NotePart(note)] }
                guard let choice = own ?? (pass == 1 ? 0 : nil) else { continue }
                result[index] = candidates.remove(at: choice)
                open[key(note)] = candidates
            }
        }
        var lanesOfPart: [NotePart: Set<Int>] = [:]
        for (index, note) in score.notes.enumerated() {
            if let lane = result[index] { lanesOfPart[NotePart(note), default: []].insert(lane) }
        }
        for (index, note) in score.notes.enumerated() where result[index] == nil && note.channel != 9 {
            if let lanes = lanesOfPart[NotePart(note)], lanes.count == 1 { result[index] = lanes.first }
        }
        return result
    }
}
