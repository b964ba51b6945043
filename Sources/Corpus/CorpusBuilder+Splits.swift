import PianoRoll

extension CorpusBuilder {
    /// Forms groups and splits of the pieces added so far, and makes the corpus of them.
    ///
    /// A group is what has one group in the manifest or is of one file of format 2, copies, and what `TuneFinder` takes for variants of
    /// one tune; a piece whose split is given is not compared. A group stands in the strictest split given for one of its pieces
    /// (test before valid before train), else where a hash of its name puts it: the same in every run, and whatever
    /// other groups there are.
    public mutating func build() -> Corpus {
        let groups = groups()
        report.groupCount = groups.count
        report.largestGroupCount = groups.lazy.map(\.count).max() ?? 0
        var places = [(group: String, split: Corpus.Split)](
            repeating: (group: "", split: .train), count: candidates.count)
        for members in groups {
            guard let first = members.first else { continue }
            let name = candidates[first].givenGroup ?? candidates[first].name
            let given = members.compactMap { candidates[$0].givenSplit }
            let split = given.max { $0.code < $1.code } ?? Self.split(ofGroup: name, options)
            for member in members {
                if let own = candidates[member].givenSplit, own != split {
                    report.remarks.append(
                        .init(
                            file: candidates[member].file,
                            what: "moved from \(own.name) to \(split.name), where others of its group stand"))
                }
                places[member] = (name, split)
            }
        }
        return Corpus(
            name: options.name, vocabulary: options.encoding.vocabulary, lanes: options.encoding.lanes ?? 1,
            pieces: zip(candidates, places).map { candidate, place in
                Corpus.Piece(
                    name: candidate.name, split: place.split, group: place.group, key: candidate.key,
                    grid: candidate.grid)
            })
    }

    /// The split of a group that is given none.
    static func split(ofGroup name: String, _ options: Options) -> Corpus.Split {
        var hash = StableHash()
        hash.combine(name.utf8)
        // The upper bits of FNV are the better mixed ones.
        switch Int((hash.value >> 32) % 100) {
        case ..<options.heldOutPercent: return .test
        case ..<(2 * options.heldOutPercent): return .valid
        default: return .train
        }
    }

    /// The groups, each with its pieces in order.
    private func groups() -> [[Int]] {
        var sets = DisjointSets(count: candidates.count)
        var firstOfGroup: [String: Int] = [:]
        var firstOfShape: [[UInt16]: Int] = [:]
        var finder = TuneFinder()
        for (index, candidate) in candidates.enumerated() {
            // Names of pieces and of groups share one namespace, so that no two sets come to share a name.
            let group = candidate.givenGroup ?? candidate.name
            if let first = firstOfGroup[group] {
                sets.join(first, index)
            } else {
                firstOfGroup[group] = index
            }
            if candidate.givenSplit == nil {
                let shape = Self.shape(of: candidate.grid)
                if let first = firstOfShape[shape] {
                    sets.join(first, index)
                } else {
                    firstOfShape[shape] = index
                }
                for other in finder.add(candidate.grid, as: index) { sets.join(other, index) }
            }
        }
        return sets.sets
    }
}

/// Numbers joined into sets, by the union-find algorithm.
struct DisjointSets {
    private var parents: [Int]

    init(count: Int) { parents = Array(0..<count) }

    private mutating func root(of element: Int) -> Int {
        var element = element
        while parents[element] != element {
            parents[element] = parents[parents[element]]
            element = parents[element]
        }
        return element
    }

    mutating func join(_ first: Int, _ second: Int) {
        let (first, second) = (root(of: first), root(of: second))
        // The smaller number leads, so that sets do not depend on the order of the joins.
        parents[max(first, second)] = min(first, second)
    }

    /// The sets in the order of their first element, each in order.
    var sets: [[Int]] {
        var copy = self
        var members: [Int: [Int]] = [:]
        for element in parents.indices { members[copy.root(of: element), default: []].append(element) }
        return members.values.sorted { $0[0] < $1[0] }
    }
}
