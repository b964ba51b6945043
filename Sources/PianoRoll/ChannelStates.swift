import MIDIFile

/// Collects the programs and controllers of the channels while the tracks of a file are read.
///
/// The rules: the first program that a track sets on a channel is that of all its notes there, from its beginning on;
/// programs that come later are controls. Notes of a track that sets none on their channel play the latest that a track
/// without notes on the channel (as a rule the first, where everything is set up) sets by the first of them. Banks
/// (controllers 0 and 32) and channel mode messages (120 to 127) are passed over.
struct ChannelStates {
    private struct Part: Hashable {
        var track: Int
        var channel: UInt8
    }
    private struct Setting {
        var tick: Int
        var program: UInt8
    }
    /// The first programs, and all of them, in the order of the file.
    private var firsts: [Part: Setting] = [:]
    private var settings: [(part: Part, setting: Setting)] = []
    private var changes: [Score.Control] = []

    /// Takes in a message; other kinds than programs, controllers and bends are passed over.
    mutating func add(_ message: MIDIFile.ChannelMessage, channel: UInt8, tick: Int, track: Int) {
        let part = Part(track: track, channel: channel & 15)
        func control(_ change: Score.Control.Change) -> Score.Control {
            Score.Control(tick: tick, track: track, channel: part.channel, change)
        }
        switch message {
        case .programChange(let program):
            let setting = Setting(tick: tick, program: min(program, 127))
            settings.append((part, setting))
            if firsts[part] == nil {
                firsts[part] = setting
            } else {
                changes.append(control(.program(setting.program)))
            }
        case .controlChange(let number, let value) where number < 120 && number != 0 && number != 32:
            changes.append(control(.controller(number: number, value: min(value, 127))))
        case .pitchBend(let value):
            changes.append(control(.pitchBend(min(value, 0x3FFF))))
        default:
            break
        }
    }

    /// The controls in order of tick, then track, then as they came.
    var controls: [Score.Control] {
        changes.enumerated().sorted {
            ($0.element.tick, $0.element.track, $0.offset) < ($1.element.tick, $1.element.track, $1.offset)
        }.map(\.element)
    }

    /// Gives the tracks their programs.
    func assign(to tracks: inout [Score.Track], notes: [Note]) {
        var firstNote: [Part: Int] = [:]
        for note in notes {
            let part = Part(track: note.track, channel: note.channel)
            firstNote[part] = min(firstNote[part] ?? .max, note.startTick)
        }
        // Of the tracks without notes on a channel, what they set there, by time.
        var common: [UInt8: [Setting]] = [:]
        for (part, setting) in settings where firstNote[part] == nil {
            common[part.channel, default: []].append(setting)
        }
        for channel in common.keys { common[channel]?.sort { $0.tick < $1.tick } }

        func program(of part: Part, firstNote: Int) -> UInt8? {
            firsts[part]?.program ?? common[part.channel]?.last { $0.tick <= firstNote }?.program
        }
        var firstOfTrack: [Int: UInt8] = [:]
        for (part, setting) in settings where firstOfTrack[part.track] == nil {
            firstOfTrack[part.track] = setting.program
        }
        let sounding = Dictionary(grouping: firstNote.keys, by: \.track)
        for track in tracks.indices {
            guard let parts = sounding[track]?.sorted(by: { $0.channel < $1.channel }) else {
                tracks[track].program = firstOfTrack[track]
                continue
            }
            let programs = parts.map { program(of: $0, firstNote: firstNote[$0] ?? 0) }
            guard let main = programs.lazy.compactMap({ $0 }).first else { continue }
            tracks[track].program = main
            for (part, program) in zip(parts, programs) where program != main {
                tracks[track].channelPrograms[part.channel] = program ?? 0
            }
        }
    }
}
