/// A key pressed or released in a grid that goes on.
public struct KeyEvent: Hashable, Sendable {
    /// The step at which it happens, counted from the first of its stretch.
    public var step: Int
    /// The lane whose key it is.
    public var lane: Int
    /// MIDI key number, 0...127.
    public var pitch: UInt8
    /// Whether the key is pressed; else it is released.
    public var isPressed: Bool

    /// Creates an event.
    public init(step: Int, lane: Int, pitch: UInt8, isPressed: Bool) {
        self.step = step
        self.lane = lane
        self.pitch = pitch
        self.isPressed = isPressed
    }
}

/// Reads a grid that comes stretch by stretch: keys held at the end of one are still held in the next.
public struct KeyStream: Hashable, Sendable {
    /// The key that each lane holds, nil for none.
    public private(set) var held: [UInt8?]

    /// Begins with no key held.
    public init(lanes: Int) { held = Array(repeating: nil, count: lanes) }

    /// The keys pressed and released in the next stretch, in order of step; of a step, the releases come first.
    ///
    /// - Precondition: The grid has as many lanes as the stream.
    public mutating func read(_ grid: TokenGrid) -> [KeyEvent] {
        precondition(grid.lanes == held.count, "\(grid.lanes) lanes after \(held.count)")
        var events: [KeyEvent] = []
        for step in 0..<grid.steps {
            var pressed: [KeyEvent] = []
            for lane in 0..<grid.lanes {
                let token = grid[step, lane]
                let pitch = grid.vocabulary.pitch(of: token)
                // As in `TokenGrid.notes(inLane:)`: in the sustain encoding equal pitches are one note.
                let goesOn =
                    token == grid.vocabulary.hold
                    || (grid.vocabulary.encoding == .sustain && pitch == held[lane])
                if goesOn { continue }
                if let old = held[lane] {
                    events.append(KeyEvent(step: step, lane: lane, pitch: old, isPressed: false))
                }
                held[lane] = pitch
                if let pitch {
                    pressed.append(KeyEvent(step: step, lane: lane, pitch: pitch, isPressed: true))
                }
            }
            events += pressed
        }
        return events
    }
}
