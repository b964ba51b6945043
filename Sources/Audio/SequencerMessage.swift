import CALSA
import PianoRoll

/// A MIDI message that a score sends to a sequencer port.
struct SequencerMessage: Hashable {
    /// What it says.
    enum Kind: Hashable {
        case program(Int32)
        case controller(number: UInt8, value: UInt8)
        case pitchBend(Int32)
        case noteOn(key: UInt8, velocity: UInt8)
        case noteOff(key: UInt8)
    }

    /// When it is sent, in seconds from the beginning.
    var seconds: Double
    /// The MIDI channel, 0...15.
    var channel: UInt8
    var kind: Kind

    /// The rate at which scores are laid out in time: a grain of 64 frames is 1.5 ms, a fifteenth of what can be heard as late.
    private static let clockRate = 44_100

    /// The messages of a score in order of time, and its length in seconds.
    ///
    /// Each track has a channel of its own while there are any left, as in the synthesizer; more than fifteen share them.
    ///
    /// - Throws: `AudioError.scoreTooLong`.
    static func messages(
        of score: Score
    ) throws(AudioError) -> (messages: [SequencerMessage], seconds: Double) {
        let timeline = try Timeline(score, sampleRate: clockRate, melodicChannels: 15)
        let programs = timeline.parts.map {
            SequencerMessage(seconds: 0, channel: UInt8($0.channel), kind: .program($0.program))
        }
        let events = timeline.events.map { event in
            SequencerMessage(
                seconds: Double(event.frame) / Double(clockRate), channel: UInt8(event.channel),
                kind: Kind(event.action))
        }
        return (programs + events, Double(timeline.endFrame) / Double(clockRate))
    }

    /// The message as ALSA's sequencer takes it: from a port to all that are connected to it, at once.
    func event(fromPort port: Int32) -> snd_seq_event_t {
        var event = snd_seq_event_t()
        event.queue = UInt8(SND_SEQ_QUEUE_DIRECT)
        event.source.port = UInt8(port)
        event.dest.client = UInt8(SND_SEQ_ADDRESS_SUBSCRIBERS)
        event.dest.port = UInt8(SND_SEQ_ADDRESS_UNKNOWN)
        switch kind {
        case .program(let program):
            event.type = UInt8(SND_SEQ_EVENT_PGMCHANGE.rawValue)
            event.data.control.channel = channel
            event.data.control.value = program
        case .controller(let number, let value):
            event.type = UInt8(SND_SEQ_EVENT_CONTROLLER.rawValue)
            event.data.control.channel = channel
            event.data.control.param = UInt32(number)
            event.data.control.value = Int32(value)
        case .pitchBend(let value):
            event.type = UInt8(SND_SEQ_EVENT_PITCHBEND.rawValue)
            event.data.control.channel = channel
            event.data.control.value = value
        case .noteOn(let key, let velocity):
            event.type = UInt8(SND_SEQ_EVENT_NOTEON.rawValue)
            event.data.note.channel = channel
            event.data.note.note = key
            event.data.note.velocity = velocity
        case .noteOff(let key):
            event.type = UInt8(SND_SEQ_EVENT_NOTEOFF.rawValue)
            event.data.note.channel = channel
            event.data.note.note = key
        }
        return event
    }
}

extension SequencerMessage.Kind {
    fileprivate init(_ action: Timeline.Event.Action) {
        switch action {
        case .press(let key, let velocity): self = .noteOn(key: UInt8(key), velocity: UInt8(velocity))
        case .release(let key): self = .noteOff(key: UInt8(key))
        case .change(.program(let program), _): self = .program(Int32(program))
        case .change(.controller(let number, let value), _): self = .controller(number: number, value: value)
        // ALSA's wheel rests at 0, MIDI's at 8192.
        case .change(.pitchBend(let value), _): self = .pitchBend(Int32(value) - 8_192)
        }
    }
}
