import PianoRoll

/// Finds variants of one tune by the intervals of the highest voice.
///
/// A tune is taken as the set of all successions of eight melodic intervals, repeated notes counted once: the same in
/// every key and rhythm, and little changed by ornaments here and there. Two tunes are variants if a quarter of the
/// smaller set is in the other one too. Of a short tune one other note leaves too few of them: there two tunes are variants too if they
/// differ by one note.
struct TuneFinder {
    static let successionLength = 8
    static let share = 0.25
    /// Fewer in common say nothing, unless a tune has no more: two scales have that much.
    static let minimumCommon = 5

    private var owners: [UInt64: [Int]] = [:]
    private var sizes: [Int: Int] = [:]
    private var shortTunes = ShortTunes()

    /// Takes in a tune under a number and returns the numbers of its variants among those taken in before.
    mutating func add(_ grid: TokenGrid, as number: Int) -> Set<Int> {
        let intervals = Self.intervals(of: grid.notes(inLane: 0).map(\.pitch))
        let successions = Self.runs(ofLength: Self.successionLength, in: intervals)
        var common: [Int: Int] = [:]
        for succession in successions {
            for owner in owners[succession, default: []] { common[owner, default: 0] += 1 }
            owners[succession, default: []].append(number)
        }
        sizes[number] = successions.count
        let variants: [Int] = common.compactMap { other, count in
            let smaller = min(successions.count, sizes[other, default: 0])
            return count >= min(Self.minimumCommon, smaller) && Double(count) >= Self.share * Double(smaller)
                ? other : nil
        }
        return shortTunes.add(intervals, as: number).union(variants)
    }

    /// The intervals between notes of unlike pitch, modulo 256.
    static func intervals(of pitches: [UInt8]) -> [UInt8] {
        zip(pitches, pitches.dropFirst()).map { $1 &- $0 }.filter { $0 != 0 }
    }

    /// All runs of so many intervals, at most eight, a byte each.
    static func runs(ofLength length: Int, in intervals: [UInt8]) -> Set<UInt64> {
        guard intervals.count >= length else { return [] }
        return Set(
            (0...intervals.count - length).map { start in
                intervals[start..<start + length].reduce(0) { $0 << 8 | UInt64($1) }
            })
    }
}

/// Finds short tunes that differ by one note: another one in its place, one more, or one less.
///
/// Among openings of two bars of the melodies shipped with the program, three pairs in a million that are not called variants there differ so
/// little, and phrases of eight to eleven intervals four times as many: those are not compared.
private struct ShortTunes {
    /// How many intervals they have.
    static let lengths = 12..<24
    /// Another note is two other intervals; one more or one less is another interval and one more or less.
    static let largestDistance = 2
    /// Two changes leave at least ten of twelve intervals in three runs, of which one has four.
    static let runLength = 4

    private var tunes: [Int: [UInt8]] = [:]
    private var owners: [UInt64: [Int]] = [:]

    /// Takes in the intervals of a tune under a number and returns those of its variants.
    mutating func add(_ intervals: [UInt8], as number: Int) -> Set<Int> {
        guard Self.lengths.contains(intervals.count) else { return [] }
        var candidates: Set<Int> = []
        for run in TuneFinder.runs(ofLength: Self.runLength, in: intervals) {
            candidates.formUnion(owners[run, default: []])
            owners[run, default: []].append(number)
        }
        tunes[number] = intervals
        return candidates.filter {
            Self.distance(intervals, tunes[$0, default: []]) <= Self.largestDistance
        }
    }

    /// The Levenshtein distance: how many intervals are to be changed, put in or left out to make one tune of the other.
    private static func distance(_ first: [UInt8], _ second: [UInt8]) -> Int {
        var row = Array(0...second.count)
        for (place, interval) in first.enumerated() {
            var diagonal = row[0]
            row[0] = place + 1
            for other in second.indices {
                let changed = diagonal + (second[other] == interval ? 0 : 1)
                diagonal = row[other + 1]
                row[other + 1] = min(changed, diagonal + 1, row[other] + 1)
            }
        }
        return row[second.count]
    }
}
