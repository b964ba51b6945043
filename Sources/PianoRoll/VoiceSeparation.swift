/// Parts notes into lanes by nearness in pitch.
///
/// The notes that start on one step are matched to the lanes that are free there, high notes to high lanes, so
/// that the sum of the leaps from each lane's last pitch is least; crossing a lane that sounds costs an octave.
/// The matching is found by dynamic programming over (notes, lanes) and takes time proportional to both.
struct VoiceSeparation {
    private(set) var lanes: [[QuantisedNote]]
    /// The notes for which no lane was free.
    private(set) var surplus: [Note] = []

    private let quantiser: StepQuantiser
    /// Where each lane is at home: the middle of its share of all pitches.
    private var homes: [Double]

    /// What a note costs that is left out; for the outer notes of a chord, the ones that are heard, double.
    private static let omissionCost = 200.0
    private static let crossingCost = 12.0
    /// How strongly a lane is drawn home, beside its last pitch.
    private static let homeWeight = 0.25

    init(lanes: Int, quantiser: StepQuantiser) {
        self.lanes = Array(repeating: [], count: lanes)
        self.quantiser = quantiser
        homes = Array(repeating: 60, count: lanes)
    }

    /// Takes in all notes, in the order of the grid.
    mutating func add(_ notes: [QuantisedNote]) {
        guard !notes.isEmpty else { return }
        let pitches = notes.map { Double($0.note.pitch) }.sorted(by: >)
        for lane in homes.indices {
            homes[lane] = pitches[(2 * lane + 1) * pitches.count / (2 * homes.count)]
        }
        var start = notes.startIndex
        while start < notes.endIndex {
            var end = start + 1
            while end < notes.endIndex, notes[end].startStep == notes[start].startStep { end += 1 }
            addChord(notes[start..<end].sorted { $0.note.pitch > $1.note.pitch })
            start = end
        }
    }

    /// Takes in the notes of one step, highest first.
    private mutating func addChord(_ chord: [QuantisedNote]) {
        let free = lanes.indices.filter { isFree($0, for: chord) }
        let sounding = lanes.indices.filter { !free.contains($0) }
        var costs: [[Double]] = []
        for quantised in chord {
            costs.append(free.map { cost(of: quantised.note.pitch, in: $0, sounding: sounding) })
        }
        for (quantised, choice) in zip(chord, Self.match(costs, laneCount: free.count)) {
            if let choice {
                lanes[free[choice]].append(quantised)
            } else {
                surplus.append(quantised.note)
            }
        }
    }

    /// Whether a lane's last note is over, or so nearly that it is legato.
    private func isFree(_ lane: Int, for chord: [QuantisedNote]) -> Bool {
        guard let last = lanes[lane].last else { return true }
        return last.endStep <= chord[0].startStep
            || !chord.contains { quantiser.overlaps(last.note, $0.note) }
    }

    private func cost(of pitch: UInt8, in lane: Int, sounding: [Int]) -> Double {
        let pitchValue = Double(pitch)
        let fromHome = abs(pitchValue - homes[lane])
        var cost = Self.homeWeight * fromHome
        cost += lanes[lane].last.map { abs(pitchValue - Double($0.note.pitch)) } ?? fromHome
        for other in sounding {
            guard let held = lanes[other].last?.note.pitch else { continue }
            if other < lane ? pitch > held : pitch < held { cost += Self.crossingCost }
        }
        return cost
    }

    /// Matches notes to lanes, both in order, at least cost; nil for a note that is left out.
    private static func match(_ costs: [[Double]], laneCount: Int) -> [Int?] {
        let noteCount = costs.count
        // best[n][l]: the least cost of the notes from n on in the lanes from l on.
        var best = Array(repeating: Array(repeating: 0.0, count: laneCount + 1), count: noteCount + 1)
        func omission(_ note: Int) -> Double {
            note == 0 || note == noteCount - 1 ? 2 * omissionCost : omissionCost
        }
        for note in stride(from: noteCount - 1, through: 0, by: -1) {
            best[note][laneCount] = best[note + 1][laneCount] + omission(note)
            for lane in stride(from: laneCount - 1, through: 0, by: -1) {
                best[note][lane] = min(
                    best[note][lane + 1], best[note + 1][lane] + omission(note),
                    best[note + 1][lane + 1] + costs[note][lane])
            }
        }
        var result: [Int?] = []
        var lane = 0
        for note in 0..<noteCount {
            while lane < laneCount, best[note][lane] == best[note][lane + 1] { lane += 1 }
            if lane < laneCount, best[note][lane] == best[note + 1][lane + 1] + costs[note][lane] {
                result.append(lane)
                lane += 1
            } else {
                result.append(nil)
            }
        }
        return result
    }
}
