import PianoRoll

/// Faults of voice leading in a set of pieces, counted so that any two sets can be compared by their rates a bar.
///
/// * *Parallel fifths, octaves*: from one step to the next two lanes both change their pitch, in the same direction, and
///   the interval between them is a fifth (octave or unison), compounds included, before and after. Every pair of
///   lanes counts. Repeated notes, contrary motion, and parallels with other notes or a rest between do not.
/// * *Crossings*: stretches of steps in which a lane sounds above the lane over it; each stretch counts once, for each
///   pair of adjacent lanes. Unisons are none.
/// * *Leaps*: a lane moves by a seventh or by more than an octave, without a rest between.
/// * *Out of range*: notes outside the range of their lane.
///
/// The rules are the plain ones of school, and Bach breaks them too: his own rate, by this same code, is the mark.
public struct VoiceLeading: Hashable, Sendable {
    /// A kind of fault.
    public typealias Fault = VoiceLeadingFault

    /// How many faults of each kind there are.
    public private(set) var counts: [Fault: Int] = [:]
    /// How many bars were read, incomplete ones as fractions.
    public private(set) var bars = 0.0

    /// Counts the faults of pieces.
    ///
    /// - Parameter ranges: The range of each lane, highest lane first; nil stands for `Fault.choirRanges` where a piece has
    ///   four lanes and for none elsewhere. A lane without a range has no note out of it.
    public init(_ grids: some Sequence<TokenGrid> = [], ranges: [ClosedRange<UInt8>]? = nil) {
        for grid in grids { add(grid, ranges: ranges) }
    }

    /// How many faults of a kind there are.
    public subscript(fault: Fault) -> Int { counts[fault] ?? 0 }

    /// Faults of a kind in a bar, nil if no bar was read.
    public func rate(of fault: Fault) -> Double? {
        bars > 0 ? Double(self[fault]) / bars : nil
    }

    /// Counts all that another has counted.
    public mutating func merge(_ other: VoiceLeading) {
        counts.merge(other.counts, uniquingKeysWith: +)
        bars += other.bars
    }

    /// Counts the faults of a piece; `ranges` as in `init`.
    public mutating func add(_ grid: TokenGrid, ranges: [ClosedRange<UInt8>]? = nil) {
        for place in Self.faults(of: grid, ranges: ranges) { counts[place.fault, default: 0] += 1 }
        bars += Double(grid.steps) / Double(grid.timing.stepsPerBar)
    }

    /// A fault and where it is.
    public struct Place: Hashable, Sendable {
        /// What is wrong.
        public let fault: Fault
        /// The step at which it is made.
        public let step: Int
        /// The lane or the two lanes that make it, highest first.
        public let lanes: [Int]

        /// Creates a place.
        public init(fault: Fault, step: Int, lanes: [Int]) {
            self.fault = fault
            self.step = step
            self.lanes = lanes
        }
    }

    /// The faults of a piece by step, then by lanes; `ranges` as in `init`.
    public static func faults(of grid: TokenGrid, ranges: [ClosedRange<UInt8>]? = nil) -> [Place] {
        var places: [Place] = []
        let laneRanges = ranges ?? (grid.lanes == 4 ? Fault.choirRanges : [])
        for note in grid.notes where note.lane < laneRanges.count {
            if !laneRanges[note.lane].contains(note.pitch) {
                places.append(Place(fault: .outOfRange, step: note.steps.lowerBound, lanes: [note.lane]))
            }
        }
        let pitches = grid.soundingPitches
        func pitch(_ step: Int, _ lane: Int) -> Int? { pitches[step * grid.lanes + lane].map(Int.init) }
        for lane in 0..<grid.lanes {
            for step in 1..<max(1, grid.steps) {
                if let before = pitch(step - 1, lane), let here = pitch(step, lane),
                    Fault.isLeap(from: before, to: here)
                {
                    places.append(Place(fault: .leap, step: step, lanes: [lane]))
                }
            }
        }
        for upper in 0..<grid.lanes {
            for lower in upper + 1..<grid.lanes {
                var before: (upper: Int, lower: Int)?
                var wereCrossed = false
                func note(_ fault: Fault, at step: Int) {
                    places.append(Place(fault: fault, step: step, lanes: [upper, lower]))
                }
                for step in 0..<grid.steps {
                    guard let high = pitch(step, upper), let low = pitch(step, lower) else {
                        (before, wereCrossed) = (nil, false)
                        continue
                    }
                    if lower == upper + 1 {
                        if low > high, !wereCrossed { note(.crossing, at: step) }
                        wereCrossed = low > high
                    }
                    if let before, let fault = Fault.parallel(from: before, to: (high, low)) {
                        note(fault, at: step)
                    }
                    before = (high, low)
                }
            }
        }
        func key(_ place: Place) -> (Int, Int, Int, String) {
            (place.step, place.lanes[0], place.lanes[place.lanes.count - 1], place.fault.rawValue)
        }
        return places.sorted { key($0) < key($1) }
    }
}

extension VoiceLeadingFault {
    /// The fault in words.
    public var name: String {
        switch self {
        case .parallelFifths: "parallel fifths"
        case .parallelOctaves: "parallel octaves"
        case .crossing: "crossing"
        case .leap: "leap"
        case .outOfRange: "out of range"
        }
    }

    /// The fault in words, for the head of a table.
    public var title: String {
        switch self {
        case .parallelFifths: "fifths/bar"
        case .parallelOctaves: "octaves/bar"
        case .crossing: "crossings/bar"
        case .leap: "leaps/bar"
        case .outOfRange: "out of range/bar"
        }
    }
}
