import PianoRoll

/// Finds the longest stretch of a piece that stands in a set of pieces, note by note, in any transposition.
///
/// A step is the same if every lane does the same in it: rests, goes on, or starts a note, at pitches that lie from those
/// before as they do there. All training steps are kept as one sorted list of their continuations (a suffix array),
/// so that a search takes a few comparisons a step.
///
/// A stretch that begins with silence is found only if it also continues, after the silence, from the same pitch before
/// it; one that begins with a sounding step is always found.
public struct Copying: Sendable {
    /// A stretch that stands in both.
    public struct Run: Hashable, Sendable {
        /// The steps in the piece that was searched for.
        public var steps: Range<Int>
        /// The index of the training piece.
        public var piece: Int
        /// Where the stretch begins there, in steps.
        public var start: Int

        /// Creates a stretch.
        public init(steps: Range<Int>, piece: Int, start: Int) {
            self.steps = steps
            self.piece = piece
            self.start = start
        }
    }

    private struct Transition: Hashable {
        var from: Int32
        var to: Int32
        var rise: Int32
    }

    /// What the lanes do in a step, pitches counted from the lowest one that sounds.
    private var shapes: [[Int16]: Int32] = [:]
    private var transitions: [Transition: Int32] = [:]
    /// Where each shape stands first.
    private var firstPlaces: [Int32: (piece: Int, step: Int)] = [:]
    /// The transitions of all pieces, a number of its own (negative) after each piece.
    private var text: [Int32] = []
    /// The piece and step of each transition's first side.
    private var places: [(piece: Int32, step: Int32)] = []
    private var suffixes: [Int32] = []

    /// Prepares a set of pieces to be searched.
    public init(training: [TokenGrid]) {
        for (piece, grid) in training.enumerated() {
            let moments = Self.moments(grid)
            var last: (shape: Int32, base: Int)?
            for (step, moment) in moments.enumerated() {
                let shape = shapes[moment.shape] ?? Int32(shapes.count)
                if shapes.updateValue(shape, forKey: moment.shape) == nil {
                    firstPlaces[shape] = (piece, step)
                }
                if let last {
                    let transition = Transition(
                        from: last.shape, to: shape, rise: Int32(moment.base - last.base))
                    let symbol = transitions[transition] ?? Int32(transitions.count)
                    transitions[transition] = symbol
                    text.append(symbol)
                    places.append((Int32(piece), Int32(step - 1)))
                }
                last = (shape, moment.base)
            }
            text.append(-1 - Int32(piece))
            places.append((Int32(piece), Int32(max(0, grid.steps - 1))))
        }
        let text = self.text
        suffixes = (0..<Int32(text.count)).sorted {
            let (one, other) = (Int($0), Int($1))
            let common = Self.commonLength(text, one, text, other)
            if one + common >= text.count || other + common >= text.count { return one > other }
            return text[one + common] < text[other + common]
        }
    }

    /// The longest stretch of a piece that stands in the training set, the first of equals; nil if not one step does.
    public func longestRun(of grid: TokenGrid) -> Run? {
        let moments = Self.moments(grid)
        let found = moments.map { shapes[$0.shape] }
        guard let first = found.firstIndex(where: { $0 != nil }), let shape = found[first],
            let place = firstPlaces[shape]
        else { return nil }
        var best = Run(steps: first..<first + 1, piece: place.piece, start: place.step)
        let query: [Int32] = zip(moments, moments.dropFirst()).enumerated().map { index, pair in
            guard let from = found[index], let to = found[index + 1] else { return .min }
            let rise = Int32(pair.1.base - pair.0.base)
            return transitions[Transition(from: from, to: to, rise: rise)] ?? .min
        }
        for start in query.indices where query.count - start + 1 > best.steps.count {
            guard query[start] != .min else { continue }
            // The suffixes that share most with the query stand beside the place where it would be sorted in.
            let place = insertionPoint(of: query, from: start)
            for neighbour in [place - 1, place] where suffixes.indices.contains(neighbour) {
                let suffix = Int(suffixes[neighbour])
                let length = 1 + Self.commonLength(query, start, text, suffix)
                guard length > best.steps.count else { continue }
                let origin = places[suffix]
                best = Run(
                    steps: start..<start + length, piece: Int(origin.piece), start: Int(origin.step))
            }
        }
        return best
    }

    private func insertionPoint(of query: [Int32], from start: Int) -> Int {
        var range = 0..<suffixes.count
        while !range.isEmpty {
            let middle = (range.lowerBound + range.upperBound) / 2
            let suffix = Int(suffixes[middle])
            let common = Self.commonLength(query, start, text, suffix)
            let isBefore =
                suffix + common >= text.count
                || (start + common < query.count && text[suffix + common] < query[start + common])
            range = isBefore ? middle + 1..<range.upperBound : range.lowerBound..<middle
        }
        return range.lowerBound
    }

    /// How many symbols two texts have in common from two places on.
    private static func commonLength(_ one: [Int32], _ first: Int, _ other: [Int32], _ second: Int) -> Int {
        let limit = min(one.count - first, other.count - second)
        var length = 0
        while length < limit, one[first + length] == other[second + length] { length += 1 }
        return length
    }

    /// What each step holds: the lanes' doings and the pitch they are counted from, the last one's in silence.
    private static func moments(_ grid: TokenGrid) -> [(shape: [Int16], base: Int)] {
        let pitches = grid.soundingPitches
        var starts = Set<Int>()
        for note in grid.notes { starts.insert(note.steps.lowerBound * grid.lanes + note.lane) }
        var base = 0
        return (0..<grid.steps).map { step in
            let cells = step * grid.lanes..<(step + 1) * grid.lanes
            if let lowest = pitches[cells].lazy.compactMap(\.self).min() { base = Int(lowest) }
            let shape = cells.map { cell -> Int16 in
                guard let pitch = pitches[cell] else { return -1 }
                // Twice the height, plus one where the note starts.
                return Int16(2 * (Int(pitch) - base) + (starts.contains(cell) ? 1 : 0))
            }
            return (shape, base)
        }
    }
}
