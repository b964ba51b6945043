/// How a picture of a grid is parted: bars, and systems of whole bars one below the other.
struct RollLayout {
    /// A bar, or what of it lies in a system.
    struct Bar {
        /// The number to show: 1 for the first whole bar, 0 for a pickup. Nil where a bar goes on from above.
        var number: Int?
        var steps: Range<Int>
    }

    /// The systems, each with its bars.
    private(set) var systems: [[Bar]] = []
    /// Steps in a beat; three of the meter's beats are one in compound meters.
    let stepsPerBeat: Int

    /// Parts a grid into systems of at most `columns` columns: one for each step, and `barColumns` for each bar.
    /// A bar that does not fit is parted, at a beat if one fits.
    init(_ grid: TokenGrid, columns: Int, barColumns: Int) {
        let timing = grid.timing
        let isCompound =
            timing.meterDenominator >= 8 && timing.meterNumerator > 3 && timing.meterNumerator % 3 == 0
        stepsPerBeat = max(
            1, timing.stepsPerQuarter * 4 * (isCompound ? 3 : 1) / max(1, timing.meterDenominator))

        var room = 0
        for bar in Self.bars(grid) {
            let needed = bar.steps.count + barColumns
            if needed <= room, !systems.isEmpty {
                systems[systems.count - 1].append(bar)
                room -= needed
                continue
            }
            for piece in pieces(of: bar, atMost: max(1, columns - barColumns)) {
                systems.append([piece])
                room = columns - piece.steps.count - barColumns
            }
        }
    }

    private static func bars(_ grid: TokenGrid) -> [Bar] {
        let stepsPerBar = grid.timing.stepsPerBar
        let offset = grid.timing.positionInBar(ofStep: 0)
        var bars: [Bar] = []
        var start = 0
        var number = offset > 0 ? 0 : 1
        while start < grid.steps {
            let end = min(grid.steps, start + stepsPerBar - (start == 0 ? offset : 0))
            bars.append(Bar(number: number, steps: start..<end))
            start = end
            number += 1
        }
        return bars
    }

    private func pieces(of bar: Bar, atMost columns: Int) -> [Bar] {
        let length = columns >= stepsPerBeat ? columns / stepsPerBeat * stepsPerBeat : columns
        guard bar.steps.count > columns else { return [bar] }
        return stride(from: bar.steps.lowerBound, to: bar.steps.upperBound, by: length).map { start in
            Bar(
                number: start == bar.steps.lowerBound ? bar.number : nil,
                steps: start..<min(start + length, bar.steps.upperBound))
        }
    }
}

extension TokenGrid {
    /// The name of a pitch, middle C being C4; black keys as sharps.
    public static func name(ofPitch pitch: UInt8) -> String {
        let names = ["C", "C#", "D", "D#", "E", "F", "F#", "G", "G#", "A", "A#", "B"]
        return names[Int(pitch) % 12] + String(Int(pitch) / 12 - 1)
    }
}
