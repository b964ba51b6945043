extension TokenGrid: Codable {
    private enum CodingKeys: String, CodingKey {
        case format, version, vocabulary, timing, lanes, steps, tokens
    }

    static let formatName = "pianojys grid"
    static let formatVersion = 1

    /// Reads a grid in the form that `GridDocument` tells, and checks all of it.
    public init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: CodingKeys.self)
        func reject(_ key: CodingKeys, _ problem: String) -> DecodingError {
            DecodingError.dataCorruptedError(forKey: key, in: container, debugDescription: problem)
        }
        let format = try container.decode(String.self, forKey: .format)
        guard format == Self.formatName else { throw reject(.format, "it is not \"\(Self.formatName)\"") }
        let version = try container.decode(Int.self, forKey: .version)
        guard version == Self.formatVersion else {
            throw reject(.version, "version \(version) is not known; \(Self.formatVersion) is")
        }
        let vocabulary = try container.decode(Vocabulary.self, forKey: .vocabulary)
        let timing = try container.decode(Timing.self, forKey: .timing)
        let lanes = try container.decode(Int.self, forKey: .lanes)
        guard (1...64).contains(lanes) else { throw reject(.lanes, "\(lanes) lanes; it must be 1...64") }
        let steps = try container.decode(Int.self, forKey: .steps)
        guard (0...Score.maximumCells / lanes).contains(steps) else {
            throw reject(.steps, "\(steps) steps; it must be 0...\(Score.maximumCells / lanes)")
        }
        // Wider than the tokens, so that numbers out of range can be told by their place.
        let rows = try container.decode([[Int]].self, forKey: .tokens)
        guard rows.count == lanes else { throw reject(.tokens, "\(rows.count) rows for \(lanes) lanes") }
        for (lane, row) in rows.enumerated() {
            guard row.count == steps else {
                throw reject(.tokens, "lane \(lane) has \(row.count) tokens for \(steps) steps")
            }
            if let step = row.firstIndex(where: { !(0..<vocabulary.count).contains($0) }) {
                throw reject(
                    .tokens,
                    "\(row[step]) at step \(step) of lane \(lane) is no token; there are \(vocabulary.count)")
            }
        }
        let tokens = (0..<steps * lanes).map { UInt16(rows[$0 % lanes][$0 / lanes]) }
        self.init(vocabulary: vocabulary, lanes: lanes, timing: timing, tokens: tokens)
    }

    /// Writes the grid in the form that `GridDocument` tells.
    public func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: CodingKeys.self)
        try container.encode(Self.formatName, forKey: .format)
        try container.encode(Self.formatVersion, forKey: .version)
        try container.encode(vocabulary, forKey: .vocabulary)
        try container.encode(timing, forKey: .timing)
        try container.encode(lanes, forKey: .lanes)
        try container.encode(steps, forKey: .steps)
        try container.encode((0..<lanes).map(tokens(ofLane:)), forKey: .tokens)
    }

    func tokens(ofLane lane: Int) -> [UInt16] { (0..<steps).map { self[$0, lane] } }
}

extension Vocabulary {
    private enum CodingKeys: String, CodingKey {
        case encoding, lowestPitch, highestPitch
    }

    /// Reads a vocabulary and checks its range.
    public init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: CodingKeys.self)
        let encoding = try container.decode(Encoding.self, forKey: .encoding)
        let lowest = try container.decode(Int.self, forKey: .lowestPitch)
        let highest = try container.decode(Int.self, forKey: .highestPitch)
        guard lowest >= 0, lowest <= highest, highest < 128 else {
            throw DecodingError.dataCorruptedError(
                forKey: .highestPitch, in: container,
                debugDescription: "\(lowest)...\(highest) is no range of pitches in 0...127")
        }
        self.init(encoding: encoding, lowestPitch: UInt8(lowest), highestPitch: UInt8(highest))
    }
}

extension TokenGrid.Timing {
    private enum CodingKeys: String, CodingKey {
        case stepsPerQuarter, meterNumerator, meterDenominator, firstStepInBar
    }

    /// Reads a timing and checks it.
    public init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: CodingKeys.self)
        self.init(
            stepsPerQuarter: try container.decode(Int.self, forKey: .stepsPerQuarter),
            meterNumerator: try container.decode(Int.self, forKey: .meterNumerator),
            meterDenominator: try container.decode(Int.self, forKey: .meterDenominator),
            firstStepInBar: try container.decode(Int.self, forKey: .firstStepInBar))
        do {
            try validate()
        } catch {
            throw DecodingError.dataCorrupted(
                DecodingError.Context(codingPath: container.codingPath, debugDescription: error.description))
        }
    }
}
