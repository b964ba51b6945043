import PianoRoll

extension Corpus {
    /// Reads the bytes of a corpus file; the format is described in `CorpusFormat.swift`.
    ///
    /// Reading is strict: length, hash and every rule of the format are checked. The memory it takes is bounded by a
    /// fixed multiple of the number of bytes.
    ///
    /// - Throws: `CorpusDecodingError` if the bytes are no corpus file, or a damaged one.
    public init(decoding bytes: [UInt8]) throws(CorpusDecodingError) {
        let bodyEnd = try CorpusReader.checkedBodyEnd(of: bytes)
        var reader = CorpusReader(bytes: bytes, position: CorpusFormat.headerCount, end: bodyEnd)
        let name = try reader.text("the corpus's name")
        let vocabulary = try reader.vocabulary()
        let lanes = Int(try reader.byte("the number of lanes"))
        guard lanes > 0 else { throw reader.malformed("no lanes") }
        let groups = try reader.groups()
        let count = try reader.count("the number of pieces")
        var names = Set<String>()
        var pieces: [Piece] = []
        for _ in 0..<count {
            let piece = try reader.piece(groups: groups, vocabulary: vocabulary, lanes: lanes)
            guard names.insert(piece.name).inserted else {
                throw reader.malformed("two pieces are called '\(piece.name)'")
            }
            pieces.append(piece)
        }
        guard reader.position == bodyEnd else {
            throw reader.malformed("bytes left over after the last piece")
        }
        self.init(name: name, vocabulary: vocabulary, lanes: lanes, pieces: pieces)
    }
}

/// Reads the parts of a corpus file in order, up to the end of its body.
private struct CorpusReader {
    let bytes: [UInt8]
    var position: Int
    let end: Int

    /// Checks everything around the body and returns where it ends.
    static func checkedBodyEnd(of bytes: [UInt8]) throws(CorpusDecodingError) -> Int {
        let magic = CorpusFormat.magic
        // A beginning of a corpus file is a cut-off one; an empty file or other bytes are no corpus at all.
        guard !bytes.isEmpty, bytes.prefix(magic.count).elementsEqual(magic.prefix(bytes.count)) else {
            throw .notACorpus
        }
        if bytes.count > magic.count, bytes[magic.count] != CorpusFormat.version {
            throw .unknownVersion(bytes[magic.count])
        }
        let frame = CorpusFormat.headerCount + CorpusFormat.trailerCount
        guard bytes.count >= CorpusFormat.headerCount else {
            throw .cutOff(expected: UInt64(frame), found: bytes.count)
        }
        let bodyCount = littleEndian(bytes[(magic.count + 1)..<CorpusFormat.headerCount])
        let (expected, overflow) = bodyCount.addingReportingOverflow(UInt64(frame))
        guard !overflow, expected <= UInt64(bytes.count) else {
            throw .cutOff(expected: overflow ? .max : expected, found: bytes.count)
        }
        guard expected == UInt64(bytes.count) else { throw .trailingBytes(bytes.count - Int(expected)) }
        let bodyEnd = bytes.count - CorpusFormat.trailerCount
        var hash = StableHash()
        hash.combine(bytes[..<bodyEnd])
        guard hash.value == littleEndian(bytes[bodyEnd...]) else { throw .wrongHash }
        return bodyEnd
    }

    private static func littleEndian(_ bytes: ArraySlice<UInt8>) -> UInt64 {
        bytes.reversed().reduce(0) { $0 << 8 | UInt64($1) }
    }

    func malformed(_ what: String) -> CorpusDecodingError { .malformed(offset: position, what: what) }

    mutating func byte(_ what: String) throws(CorpusDecodingError) -> UInt8 {
        guard position < end else { throw malformed("\(what) is missing") }
        defer { position += 1 }
        return bytes[position]
    }

    mutating func varint(_ what: String) throws(CorpusDecodingError) -> Int {
        var value: UInt64 = 0
        for shift in stride(from: 0, to: 35, by: 7) {
            let next = try byte(what)
            value |= UInt64(next & 0x7f) << UInt64(shift)
            if next < 0x80 {
                guard value <= UInt64(UInt32.max) else { break }
                return Int(value)
            }
        }
        throw malformed("\(what) is no number of 32 bits")
    }

    /// Reads how many things follow, each at least a byte long: never more than there are bytes left.
    mutating func count(_ what: String) throws(CorpusDecodingError) -> Int {
        let count = try varint(what)
        guard count <= end - position else {
            throw malformed("\(what), \(count), is more than there are bytes")
        }
        return count
    }

    mutating func text(_ what: String) throws(CorpusDecodingError) -> String {
        let count = try count("the length of \(what)")
        guard let text = String(validating: bytes[position..<(position + count)], as: UTF8.self) else {
            throw malformed("\(what) is not UTF-8")
        }
        position += count
        return text
    }

    mutating func vocabulary() throws(CorpusDecodingError) -> Vocabulary {
        let encoding = try byte("the encoding")
        guard encoding <= 1 else { throw malformed("\(encoding) is no encoding") }
        let lowest = try byte("the lowest pitch")
        let highest = try byte("the highest pitch")
        guard lowest <= highest, highest < 128 else { throw malformed("pitches \(lowest) to \(highest)") }
        return Vocabulary(
            encoding: encoding == 1 ? .onset : .sustain, lowestPitch: lowest, highestPitch: highest)
    }

    mutating func groups() throws(CorpusDecodingError) -> [(name: String, split: Corpus.Split)] {
        let count = try count("the number of groups")
        var groups: [(name: String, split: Corpus.Split)] = []
        var names = Set<String>()
        for _ in 0..<count {
            let name = try text("a group's name")
            guard names.insert(name).inserted else { throw malformed("two groups are called '\(name)'") }
            let code = try byte("a group's split")
            guard let split = Corpus.Split.allCases.first(where: { $0.code == code }) else {
                throw malformed("\(code) is no split")
            }
            groups.append((name, split))
        }
        return groups
    }

    mutating func piece(
        groups: [(name: String, split: Corpus.Split)], vocabulary: Vocabulary, lanes: Int
    ) throws(CorpusDecodingError) -> Corpus.Piece {
        let name = try text("a piece's name")
        let group = try varint("a piece's group")
        guard group < groups.count else { throw malformed("group \(group) of \(groups.count)") }
        let key = try key()
        let timing = try timing()
        let steps = try varint("the number of steps")
        // Each lane fills its steps with runs, which take a byte for every 256 steps at least.
        let mostSteps = (end - position).multipliedReportingOverflow(by: CorpusFormat.maximumRun)
        guard mostSteps.overflow || steps <= mostSteps.partialValue / lanes else {
            throw malformed("\(steps) steps are more than there are bytes for")
        }
        var grid = TokenGrid(
            vocabulary: vocabulary, lanes: lanes, timing: timing,
            tokens: Array(repeating: Vocabulary.rest, count: steps * lanes))
        for lane in 0..<lanes { try fill(lane: lane, of: &grid) }
        return Corpus.Piece(
            name: name, split: groups[group].split, group: groups[group].name, key: key, grid: grid)
    }

    private mutating func key() throws(CorpusDecodingError) -> Corpus.Key? {
        switch Int(try byte("the key")) {
        case 0: nil
        case let number where number <= 15: Corpus.Key(fifths: number - 8, isMinor: false)
        case let number where number <= 30: Corpus.Key(fifths: number - 23, isMinor: true)
        case let number: throw malformed("\(number) is no key")
        }
    }

    private mutating func timing() throws(CorpusDecodingError) -> TokenGrid.Timing {
        let stepsPerQuarter = try varint("the steps in a quarter")
        guard (1...CorpusFormat.maximumStepsPerQuarter).contains(stepsPerQuarter) else {
            throw malformed("\(stepsPerQuarter) steps in a quarter")
        }
        let numerator = Int(try byte("the meter"))
        let exponent = Int(try byte("the meter"))
        guard numerator > 0, exponent <= CorpusFormat.maximumDenominatorExponent else {
            throw malformed("a meter of \(numerator) beats with value number \(exponent)")
        }
        var timing = TokenGrid.Timing(
            stepsPerQuarter: stepsPerQuarter, meterNumerator: numerator, meterDenominator: 1 << exponent)
        timing.firstStepInBar = try varint("the place of the first step")
        guard timing.firstStepInBar < timing.stepsPerBar else {
            throw malformed("a first step at \(timing.firstStepInBar) of \(timing.stepsPerBar) in its bar")
        }
        return timing
    }

    private mutating func fill(lane: Int, of grid: inout TokenGrid) throws(CorpusDecodingError) {
        let vocabulary = grid.vocabulary
        var lastPitch = CorpusFormat.startPitch
        // The token that goes on if a run says so; nil where no note has begun.
        var going: UInt16?
        var step = 0
        while step < grid.steps {
            let code = try byte("a run")
            let pitch: Int?
            let length: Int
            switch code {
            case 0..<0x80:
                let interval = Int(code >> 3)
                pitch =
                    interval == CorpusFormat.shortRest
                    ? nil : lastPitch + interval - CorpusFormat.intervalBias
                length = CorpusFormat.shortLengths[Int(code & 7)]
            case CorpusFormat.LongRun.rest:
                pitch = nil
                length = 1 + Int(try byte("the length of a rest"))
            case CorpusFormat.LongRun.note:
                pitch = Int(try byte("a pitch"))
                length = 1 + Int(try byte("the length of a note"))
            case CorpusFormat.LongRun.goesOn:
                guard let going else { throw malformed("no note to go on") }
                let length = 1 + Int(try byte("the length of a note"))
                try write(going, from: step, count: length, lane: lane, of: &grid)
                step += length
                continue
            default:
                throw malformed("\(code) begins no run")
            }
            var token = Vocabulary.rest
            if let pitch {
                guard let known = UInt8(exactly: pitch).flatMap(vocabulary.token(of:)) else {
                    throw malformed("pitch \(pitch) is not in the vocabulary")
                }
                token = known
                lastPitch = pitch
            }
            going = pitch == nil ? nil : vocabulary.hold ?? token
            try write(going ?? token, from: step, count: length, lane: lane, of: &grid)
            grid[step, lane] = token
            step += length
        }
    }

    private func write(
        _ token: UInt16, from step: Int, count: Int, lane: Int, of grid: inout TokenGrid
    ) throws(CorpusDecodingError) {
        guard step + count <= grid.steps else { throw malformed("a run past the last step") }
        for step in step..<(step + count) { grid[step, lane] = token }
    }
}
