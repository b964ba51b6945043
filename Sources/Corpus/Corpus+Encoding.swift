import PianoRoll

extension Corpus {
    /// The corpus as the bytes of a corpus file; the format is described in `CorpusFormat.swift`.
    ///
    /// - Throws: `CorpusEncodingError` if the corpus breaks a rule of the format.
    public func encoded() throws(CorpusEncodingError) -> [UInt8] {
        var body = ByteWriter()
        body.append(text: name)
        body.append(vocabulary.encoding == .onset ? 1 : 0)
        body.append(vocabulary.lowestPitch)
        body.append(vocabulary.highestPitch)
        body.append(UInt8(lanes))
        let groups = try groupTable()
        body.append(varint: groups.splits.count)
        for group in groups.splits {
            body.append(text: group.name)
            body.append(group.split.code)
        }
        body.append(varint: pieces.count)
        var names = Set<String>()
        for piece in pieces {
            guard names.insert(piece.name).inserted else { throw .duplicateName(piece.name) }
            try body.append(piece, group: groups.indices[piece.group, default: 0])
        }

        var file = ByteWriter()
        file.append(CorpusFormat.magic)
        file.append(CorpusFormat.version)
        file.append(littleEndian: UInt64(body.bytes.count))
        file.append(body.bytes)
        var hash = StableHash()
        hash.combine(file.bytes)
        file.append(littleEndian: hash.value)
        return file.bytes
    }

    /// Each group once, in the order of its first piece, with its split; and where in that list it stands.
    private func groupTable() throws(CorpusEncodingError) -> (
        splits: [(name: String, split: Split)], indices: [String: Int]
    ) {
        var splits: [(name: String, split: Split)] = []
        var indices: [String: Int] = [:]
        for piece in pieces {
            if let index = indices[piece.group] {
                guard splits[index].split == piece.split else {
                    throw .groupInTwoSplits(
                        group: piece.group, first: splits[index].split, second: piece.split)
                }
            } else {
                indices[piece.group] = splits.count
                splits.append((piece.group, piece.split))
            }
        }
        return (splits, indices)
    }
}

/// Bytes in the making.
private struct ByteWriter {
    private(set) var bytes: [UInt8] = []

    mutating func append(_ byte: UInt8) { bytes.append(byte) }

    mutating func append(_ more: [UInt8]) { bytes += more }

    mutating func append(varint value: Int) {
        var rest = value
        while rest >= 0x80 {
            bytes.append(UInt8(rest & 0x7f) | 0x80)
            rest >>= 7
        }
        bytes.append(UInt8(rest))
    }

    mutating func append(text: String) {
        append(varint: text.utf8.count)
        bytes += text.utf8
    }

    mutating func append(littleEndian value: UInt64) {
        for shift in stride(from: 0, to: 64, by: 8) {
            bytes.append(UInt8(truncatingIfNeeded: value >> shift))
        }
    }

    mutating func append(_ piece: Corpus.Piece, group: Int) throws(CorpusEncodingError) {
        append(text: piece.name)
        append(varint: group)
        if let key = piece.key {
            guard (-7...7).contains(key.fifths) else {
                throw .unsupported(piece: piece.name, what: "a key signature of \(key.fifths) fifths")
            }
            append(UInt8((key.isMinor ? 23 : 8) + key.fifths))
        } else {
            append(0)
        }
        try append(piece.grid.timing, of: piece.name)
        append(varint: piece.grid.steps)
        for lane in 0..<piece.grid.lanes {
            try append(lane: lane, of: piece)
        }
    }

    private mutating func append(
        _ timing: TokenGrid.Timing, of piece: String
    ) throws(CorpusEncodingError) {
        let exponent = timing.meterDenominator.trailingZeroBitCount
        guard (1...CorpusFormat.maximumStepsPerQuarter).contains(timing.stepsPerQuarter) else {
            throw .unsupported(piece: piece, what: "a grid of \(timing.stepsPerQuarter) steps a quarter")
        }
        guard (1...255).contains(timing.meterNumerator), timing.meterDenominator > 0,
            exponent <= CorpusFormat.maximumDenominatorExponent, timing.meterDenominator == 1 << exponent
        else {
            throw .unsupported(
                piece: piece, what: "the meter \(timing.meterNumerator)/\(timing.meterDenominator)")
        }
        guard (0..<timing.stepsPerBar).contains(timing.firstStepInBar) else {
            throw .unsupported(
                piece: piece,
                what: "a first step at \(timing.firstStepInBar) of \(timing.stepsPerBar) in its bar")
        }
        append(varint: timing.stepsPerQuarter)
        append(UInt8(timing.meterNumerator))
        append(UInt8(exponent))
        append(varint: timing.firstStepInBar)
    }

    private mutating func append(lane: Int, of piece: Corpus.Piece) throws(CorpusEncodingError) {
        let grid = piece.grid
        let vocabulary = grid.vocabulary
        var lastPitch = CorpusFormat.startPitch
        var step = 0
        while step < grid.steps {
            let token = grid[step, lane]
            guard token != vocabulary.hold else {
                throw .strayHold(piece: piece.name, step: step, lane: lane)
            }
            var pitch: Int?
            if token != Vocabulary.rest {
                guard let known = vocabulary.pitch(of: token) else {
                    throw .unknownToken(piece: piece.name, step: step, lane: lane, token: token)
                }
                pitch = Int(known)
            }
            // What may follow in the same run: holds after an onset, else the same token again.
            let follower = pitch == nil ? token : vocabulary.hold ?? token
            var end = step + 1
            while end < grid.steps, grid[end, lane] == follower { end += 1 }
            append(run: pitch, of: end - step, after: lastPitch)
            lastPitch = pitch ?? lastPitch
            step = end
        }
    }

    /// Appends a note, or a rest if there is no pitch, in the shortest form.
    private mutating func append(run pitch: Int?, of steps: Int, after lastPitch: Int) {
        let head = min(steps, CorpusFormat.maximumRun)
        let interval = pitch.map { $0 - lastPitch + CorpusFormat.intervalBias } ?? CorpusFormat.shortRest
        let isShort = pitch == nil || (0..<CorpusFormat.shortRest).contains(interval)
        if isShort, let length = CorpusFormat.shortLengths.firstIndex(of: head) {
            append(UInt8(interval << 3 | length))
        } else if let pitch {
            append([CorpusFormat.LongRun.note, UInt8(pitch), UInt8(head - 1)])
        } else {
            append([CorpusFormat.LongRun.rest, UInt8(head - 1)])
        }
        var left = steps - head
        while left > 0 {
            let part = min(left, CorpusFormat.maximumRun)
            append([pitch == nil ? CorpusFormat.LongRun.rest : CorpusFormat.LongRun.goesOn, UInt8(part - 1)])
            left -= part
        }
    }
}
