// Foundation proper would make every start of the program load its tables of languages.
#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// A grid in JSON, with what there is to say of it.
///
///     {
///       "format": "pianojys grid", "version": 1,
///       "vocabulary": {"encoding": "onset", "lowestPitch": 36, "highestPitch": 81},
///       "timing": {"stepsPerQuarter": 4, "meterNumerator": 4, "meterDenominator": 4, "firstStepInBar": 0},
///       "lanes": 4, "steps": 128,
///       "tokens": [[47, 1, 1, 1, ...], [...], [...], [...]],
///       "performance": {"tempos": [{"step": 0, "microsecondsPerQuarter": 500000}],
///                       "keys": [{"step": 0, "fifths": -3, "isMinor": true}],
///                       "voices": [{"name": "Soprano", "program": 52}, ...], "velocities": [[80, 84, ...], ...]},
///       "info": {"seed": "7"}
///     }
///
/// `tokens` has a row for each lane, the highest first, and in it a number for each step: 0 is rest; in the onset
/// encoding 1 is hold and 2 the lowest pitch, in the sustain encoding 1 is the lowest pitch. `velocities` has a row for each lane, and in it
/// a number for each note. `performance` and `info` may be missing.
public struct GridDocument: Hashable, Sendable {
    /// The grid.
    public var grid: TokenGrid
    /// What there is to say of it: seed, model, schedule.
    public var info: [String: String]
    /// What the piece has besides, if it came from MIDI.
    public var performance: Performance?

    /// Creates a document.
    public init(grid: TokenGrid, info: [String: String] = [:], performance: Performance? = nil) {
        self.grid = grid
        self.info = info
        self.performance = performance
    }

    /// Reads a document from the bytes of its JSON.
    ///
    /// - Throws: `TokenGridError.malformed` if anything in it is missing or out of range.
    public init(json: [UInt8]) throws(TokenGridError) {
        do {
            self = try JSONDecoder().decode(GridDocument.self, from: Data(json))
        } catch let error as DecodingError {
            throw TokenGridError(error)
        } catch {
            throw .malformed(place: "", problem: "it is no JSON")
        }
    }

    /// The document as JSON, a row of tokens a line, the same text for the same document.
    public func json() -> String {
        let vocabulary = grid.vocabulary
        let timing = grid.timing
        var lines = [
            "{",
            "  \"format\": \(TokenGrid.formatName.jsonQuoted), \"version\": \(TokenGrid.formatVersion),",
            "  \"vocabulary\": {\"encoding\": \(vocabulary.encoding.rawValue.jsonQuoted), "
                + "\"lowestPitch\": \(vocabulary.lowestPitch), \"highestPitch\": \(vocabulary.highestPitch)},",
            "  \"timing\": {\"stepsPerQuarter\": \(timing.stepsPerQuarter), "
                + "\"meterNumerator\": \(timing.meterNumerator), "
                + "\"meterDenominator\": \(timing.meterDenominator), "
                + "\"firstStepInBar\": \(timing.firstStepInBar)},",
            "  \"lanes\": \(grid.lanes), \"steps\": \(grid.steps),",
            "  \"tokens\": [",
        ]
        let rows = (0..<grid.lanes).map { lane in
            "    [" + grid.tokens(ofLane: lane).map(String.init).joined(separator: ", ") + "]"
        }
        lines.append(rows.joined(separator: ",\n"))
        let entries = info.sorted { $0.key < $1.key }.map { "\($0.key.jsonQuoted): \($0.value.jsonQuoted)" }
        var last = "  ]"
        if let performance { last += ",\n  \"performance\": \(performance.json)" }
        if !entries.isEmpty { last += ",\n  \"info\": {\(entries.joined(separator: ", "))}" }
        lines.append(last)
        lines.append("}")
        return lines.map { $0 + "\n" }.joined()
    }
}

extension GridDocument: Codable {
    private enum CodingKeys: String, CodingKey {
        case info, performance
    }

    /// Reads a document and checks it.
    public init(from decoder: any Decoder) throws {
        grid = try TokenGrid(from: decoder)
        info =
            try decoder.container(keyedBy: CodingKeys.self).decodeIfPresent(
                [String: String].self, forKey: .info)
            ?? [:]
        let container = try decoder.container(keyedBy: CodingKeys.self)
        performance = try container.decodeIfPresent(Performance.self, forKey: .performance)
        if let fault = performance?.fault(for: grid) {
            throw DecodingError.dataCorruptedError(
                forKey: .performance, in: container, debugDescription: fault)
        }
    }

    /// Writes a document.
    public func encode(to encoder: any Encoder) throws {
        try grid.encode(to: encoder)
        var container = encoder.container(keyedBy: CodingKeys.self)
        try container.encodeIfPresent(performance, forKey: .performance)
        if !info.isEmpty { try container.encode(info, forKey: .info) }
    }
}

extension TokenGridError {
    /// Says in one line what a decoder found.
    fileprivate init(_ error: DecodingError) {
        switch error {
        case .keyNotFound(let key, let context):
            self.init(context, problem: "\"\(key.stringValue)\" is missing")
        case .typeMismatch(_, let context), .valueNotFound(_, let context):
            self.init(context, problem: "a value of another kind is wanted")
        case .dataCorrupted(let context):
            self.init(context, problem: context.debugDescription)
        @unknown default:
            self = .malformed(place: "", problem: "it cannot be read")
        }
    }

    private init(_ context: DecodingError.Context, problem: String) {
        let place = context.codingPath.map { key in key.intValue.map(String.init) ?? key.stringValue }
        self = .malformed(place: place.joined(separator: "."), problem: problem)
    }
}

extension String {
    /// The text as a string of JSON.
    fileprivate var jsonQuoted: String {
        var result = "\""
        for scalar in unicodeScalars {
            switch scalar {
            case "\"": result += "\\\""
            case "\\": result += "\\\\"
            case "\u{0}"..<"\u{20}":
                let digits = String(scalar.value, radix: 16)
                result += "\\u" + String(repeating: "0", count: 4 - digits.count) + digits
            default: result.unicodeScalars.append(scalar)
            }
        }
        return result + "\""
    }
}

extension Performance {
    /// The performance as a line of JSON, the same text for the same performance.
    fileprivate var json: String {
        let tempos = tempos.map {
            "{\"step\": \($0.step), \"microsecondsPerQuarter\": \($0.microsecondsPerQuarter)}"
        }
        let keys = keys.map { "{\"step\": \($0.step), \"fifths\": \($0.fifths), \"isMinor\": \($0.isMinor)}" }
        let voices = voices.map { voice in
            let fields = [
                voice.name.map { "\"name\": \($0.jsonQuoted)" }, voice.program.map { "\"program\": \($0)" },
            ]
            return "{\(fields.compactMap { $0 }.joined(separator: ", "))}"
        }
        let velocities = velocities.map { "[\($0.map(String.init).joined(separator: ", "))]" }
        let members = [("tempos", tempos), ("keys", keys), ("voices", voices), ("velocities", velocities)]
        return "{" + members.map { "\"\($0)\": [\($1.joined(separator: ", "))]" }.joined(separator: ", ")
            + "}"
    }
}
