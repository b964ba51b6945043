import Corpus
import Foundation
import PianoRoll

/// A piece bar by bar: a line for each lane, a note's name where it starts, `-` while it lasts, `.` for rest.
struct PieceTable: CustomStringConvertible {
    let piece: Corpus.Piece

    init(_ piece: Corpus.Piece) { self.piece = piece }

    var description: String {
        let grid = piece.grid
        let timing = grid.timing
        var lines = [
            "\(piece.name): \(piece.split.name), group '\(piece.group)', \(keyName), "
                + "\(timing.meterNumerator)/\(timing.meterDenominator), \(timing.stepsPerQuarter) steps a quarter, "
                + "\(grid.steps) steps from step \(timing.firstStepInBar) of the bar"
        ]
        var onsets: [[Int: UInt8]] = []
        for lane in 0..<grid.lanes {
            onsets.append(
                [Int: UInt8](
                    grid.notes(inLane: lane).map { ($0.steps.lowerBound, $0.pitch) }, uniquingKeysWith: { $1 }
                ))
        }
        let sounding = grid.soundingPitches
        // Bar 0 is the pickup.
        var bar = timing.firstStepInBar == 0 ? 1 : 0
        var step = 0
        while step < grid.steps {
            let end = min(grid.steps, step + timing.stepsPerBar - timing.positionInBar(ofStep: step))
            for lane in 0..<grid.lanes {
                let cells = (step..<end).map { step in
                    onsets[lane][step].map(TokenGrid.name(ofPitch:))
                        ?? (sounding[step * grid.lanes + lane] == nil ? "." : "-")
                }
                let heading = lane == 0 ? "\(bar)" : ""
                lines.append(
                    heading.padding(toLength: 5, withPad: " ", startingAt: 0)
                        + cells.map { $0.padding(toLength: 4, withPad: " ", startingAt: 0) }.joined())
            }
            if grid.lanes > 1 { lines.append("") }
            bar += 1
            step = end
        }
        return lines.joined(separator: "\n")
    }

    private var keyName: String {
        guard let key = piece.key else { return "key unknown" }
        let signature =
            key.fifths == 0 ? "no signature" : "\(abs(key.fifths)) \(key.fifths > 0 ? "sharps" : "flats")"
        return "\(signature), \(key.isMinor ? "minor" : "major")"
    }
}
