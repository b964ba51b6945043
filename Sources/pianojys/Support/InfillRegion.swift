import Composition
import PianoRoll

/// A region as `--infill` tells it: `bars=5-8,voices=alto,tenor`; either part may be missing.
struct InfillRegion: Equatable {
    var bars: ClosedRange<Int>?
    var lanes: Set<Int>?

    init(_ text: String, lanes laneCount: Int) throws {
        var voices: [String]?
        for part in text.split(separator: ",") {
            if part.hasPrefix("bars=") {
                guard bars == nil else { throw Failure.usage("--infill \(text): bars are told once") }
                let ends = part.dropFirst(5).split(separator: "-", omittingEmptySubsequences: false).map {
                    Int($0)
                }
                guard ends.count <= 2, let first = ends.first ?? nil, let last = ends.last ?? nil,
                    first <= last,
                    first >= 0
                else { throw Failure.usage("--infill \(text): bars are told as bars=5 or bars=5-8") }
                bars = first...last
            } else if part.hasPrefix("voices=") {
                voices = [String(part.dropFirst(7))]
            } else if voices != nil {
                voices?.append(String(part))
            } else {
                throw Failure.usage(
                    "--infill \(text): '\(part)' is not understood; say bars=5-8,voices=alto,tenor")
            }
        }
        guard bars != nil || voices != nil else {
            throw Failure.usage("--infill needs bars=, voices= or both, as in bars=5-8,voices=alto,tenor")
        }
        lanes = try voices.map { Set(try $0.map { try SourcePiece.lane(named: $0, lanes: laneCount) }) }
    }
}
