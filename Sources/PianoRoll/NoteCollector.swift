import MIDIFile

/// Makes notes of the note-ons and note-offs of one track after another.
///
/// The rules: a note-on of velocity 0 is a note-off. A note-on for a key that is down ends the note before it.
/// A note-off at the very tick of its note-on counts only if no other follows before the key is pressed again
/// (so that "on, off" of a new note does not swallow the late "off" of the note before); a note that is left
/// without length lasts one tick. What is still down at the track's end ends there.
struct NoteCollector {
    private(set) var notes: [Note] = []
    var warnings: [ScoreWarning]

    private struct Pressed {
        var startTick: Int
        var velocity: UInt8
        var track: Int
        /// Whether a note-off came at the tick of the note-on.
        var isLetGoAtOnce = false
    }
    /// The notes that sound, by channel and key.
    private var pressed: [Pressed?] = Array(repeating: nil, count: 16 * 128)
    /// The places in `pressed` that may be taken, so that they can be cleared track by track.
    private var touched: [Int] = []

    init(warnings: [ScoreWarning]) {
        self.warnings = warnings
    }

    /// Takes in a message; `track` is that of the score, `fileTrack` that of the file.
    mutating func add(
        _ message: MIDIFile.ChannelMessage, channel: UInt8, tick: Int, track: Int, fileTrack: Int
    ) {
        switch message {
        case .noteOn(let key, let velocity) where velocity > 0:
            press(
                slot: slot(channel, key), velocity: velocity, tick: tick, track: track, fileTrack: fileTrack)
        case .noteOn(let key, _), .noteOff(let key, _):
            letGo(slot: slot(channel, key), tick: tick, fileTrack: fileTrack)
        default:
            break
        }
    }

    /// Ends what still sounds at the end of a track.
    mutating func endTrack(tick: Int, fileTrack: Int) {
        for slot in touched {
            guard let open = pressed[slot] else { continue }
            if !open.isLetGoAtOnce {
                warnings.note(.missingNoteOff, tick: open.startTick, track: fileTrack)
            }
            finish(slot, open, endTick: tick, fileTrack: fileTrack)
        }
        touched.removeAll(keepingCapacity: true)
    }

    private func slot(_ channel: UInt8, _ key: UInt8) -> Int { Int(channel & 15) << 7 | Int(key & 127) }

    private mutating func press(slot: Int, velocity: UInt8, tick: Int, track: Int, fileTrack: Int) {
        if let open = pressed[slot] {
            if open.startTick == tick {
                // Of two notes at once the former has no length, and is not one if it was let go at once.
                if !open.isLetGoAtOnce { warnings.note(.doubledNote, tick: tick, track: fileTrack) }
            } else {
                if !open.isLetGoAtOnce { warnings.note(.restartedNote, tick: tick, track: fileTrack) }
                finish(slot, open, endTick: tick, fileTrack: fileTrack)
            }
        } else {
            touched.append(slot)
        }
        pressed[slot] = Pressed(startTick: tick, velocity: min(velocity, 127), track: track)
    }

    private mutating func letGo(slot: Int, tick: Int, fileTrack: Int) {
        guard var open = pressed[slot] else {
            warnings.note(.strayNoteOff, tick: tick, track: fileTrack)
            return
        }
        if open.startTick == tick {
            open.isLetGoAtOnce = true
            pressed[slot] = open
        } else {
            open.isLetGoAtOnce = false
            finish(slot, open, endTick: tick, fileTrack: fileTrack)
        }
    }

    private mutating func finish(_ slot: Int, _ open: Pressed, endTick: Int, fileTrack: Int) {
        pressed[slot] = nil
        var end = endTick
        if open.isLetGoAtOnce || end <= open.startTick {
            warnings.note(.zeroLengthNote, tick: open.startTick, track: fileTrack)
            end = open.startTick + 1
        }
        notes.append(
            Note(
                pitch: UInt8(slot & 127), velocity: open.velocity, channel: UInt8(slot >> 7),
                track: open.track, startTick: open.startTick, endTick: end))
    }
}
