/// Reads the events of one track.
struct TrackReader {
    /// The next byte to read.
    var position: Int
    /// Where the bytes of this track end at the latest.
    let limit: Int
    var warnings: [MIDIDecodingWarning]

    private var tick = 0
    private var runningStatus: UInt8?
    /// Whether a meta or system exclusive event has come since the running status, which cancels it by the book.
    private var isStatusCancelled = false

    init(position: Int, limit: Int, warnings: [MIDIDecodingWarning]) {
        self.position = position
        self.limit = limit
        self.warnings = warnings
    }

    /// What reading one event came to.
    private enum Outcome {
        case event(MIDIFile.Event)
        case skipped
        case endOfTrack
        case cutOff
    }

    /// Reads up to the end of the track, or of its bytes.
    mutating func read(_ bytes: Span<UInt8>) -> MIDIFile.Track {
        var events: [MIDIFile.TimedEvent] = []
        while position < limit {
            let start = position
            guard let delta = readQuantity(bytes) else { return cutOff(events, at: start) }
            // A delta has at most 28 bits and takes a byte: the sum cannot overflow.
            let eventTick = tick + delta
            switch readEvent(bytes) {
            case .event(let event):
                tick = eventTick
                events.append(MIDIFile.TimedEvent(tick: tick, event))
            case .skipped:
                tick = eventTick
            case .endOfTrack:
                return MIDIFile.Track(events: events, endTick: eventTick)
            case .cutOff:
                return cutOff(events, at: start)
            }
        }
        warnings.note(.missingEndOfTrack, at: position)
        return MIDIFile.Track(events: events, endTick: tick)
    }

    private mutating func cutOff(_ events: [MIDIFile.TimedEvent], at start: Int) -> MIDIFile.Track {
        warnings.note(.cutOff, at: start)
        position = limit
        return MIDIFile.Track(events: events, endTick: tick)
    }

    private mutating func readByte(_ bytes: Span<UInt8>) -> UInt8? {
        guard position < limit else { return nil }
        defer { position += 1 }
        return bytes[position]
    }

    /// Reads a number of variable length: seven bits a byte, the highest first, all but the last with bit 7 set.
    private mutating func readQuantity(_ bytes: Span<UInt8>) -> Int? {
        let start = position
        var value = 0
        while let byte = readByte(bytes) {
            value = (value << 7 | Int(byte & 0x7F)) & 0x0FFF_FFFF
            if byte < 0x80 {
                if position - start > 4 { warnings.note(.longQuantity, at: start) }
                return value
            }
        }
        return nil
    }

    /// Reads a data byte of a channel message.
    private mutating func readData(_ bytes: Span<UInt8>) -> UInt8? {
        guard let byte = readByte(bytes) else { return nil }
        if byte > 127 { warnings.note(.dataAbove127, at: position - 1) }
        return min(byte, 127)
    }

    /// Reads a length and as many bytes; fewer if the track's bytes end before.
    private mutating func readPayload(_ bytes: Span<UInt8>) -> [UInt8]? {
        guard let length = readQuantity(bytes) else { return nil }
        let available = min(length, limit - position)
        if available < length { warnings.note(.cutOff, at: position) }
        let payload = [UInt8](unsafeUninitializedCapacity: available) { buffer, count in
            for index in 0..<available { buffer[index] = bytes[position + index] }
            count = available
        }
        position += available
        return payload
    }

    private mutating func readEvent(_ bytes: Span<UInt8>) -> Outcome {
        guard let first = readByte(bytes) else { return .cutOff }
        switch first {
        case 0x80..<0xF0:
            runningStatus = first
            isStatusCancelled = false
            return readChannelMessage(bytes, status: first)
        case 0x00..<0x80:
            guard let runningStatus else { return skipData(bytes) }
            if isStatusCancelled {
                warnings.note(.runningStatusAfterMeta, at: position - 1)
                isStatusCancelled = false
            }
            position -= 1
            return readChannelMessage(bytes, status: runningStatus)
        case 0xFF:
            isStatusCancelled = true
            return readMeta(bytes)
        case 0xF0, 0xF7:
            isStatusCancelled = true
            guard let payload = readPayload(bytes) else { return .cutOff }
            return .event(first == 0xF0 ? .systemExclusive(payload) : .escape(payload))
        default:
            // Clocks and song positions belong on a cable; F1 and F3 carry one byte, F2 two.
            warnings.note(.systemMessage, at: position - 1)
            let dataCount = first == 0xF2 ? 2 : first == 0xF1 || first == 0xF3 ? 1 : 0
            position = min(limit, position + dataCount)
            return .skipped
        }
    }

    /// Passes over data bytes that no status byte explains, up to the next status byte.
    private mutating func skipData(_ bytes: Span<UInt8>) -> Outcome {
        warnings.note(.dataWithoutStatus, at: position - 1)
        while position < limit, bytes[position] < 0x80 { position += 1 }
        return position < limit ? readEvent(bytes) : .cutOff
    }

    private mutating func readChannelMessage(_ bytes: Span<UInt8>, status: UInt8) -> Outcome {
        guard let first = readData(bytes) else { return .cutOff }
        let message: MIDIFile.ChannelMessage
        switch status >> 4 {
        case 0xC: message = .programChange(first)
        case 0xD: message = .channelPressure(first)
        default:
            guard let second = readData(bytes) else { return .cutOff }
            switch status >> 4 {
            case 0x8: message = .noteOff(key: first, velocity: second)
            case 0x9: message = .noteOn(key: first, velocity: second)
            case 0xA: message = .keyPressure(key: first, pressure: second)
            case 0xB: message = .controlChange(controller: first, value: second)
            default: message = .pitchBend(UInt16(first) | UInt16(second) << 7)
            }
        }
        return .event(.channel(status & 0x0F, message))
    }

    private mutating func readMeta(_ bytes: Span<UInt8>) -> Outcome {
        let start = position - 1
        guard let type = readByte(bytes) else { return .cutOff }
        if type == 0x2F {
            // The end is the end, even if its length is missing or not 0.
            if readPayload(bytes) != [] { warnings.note(.metaLength, at: start) }
            return .endOfTrack
        }
        guard let payload = readPayload(bytes) else { return .cutOff }
        if let meta = MIDIFile.MetaEvent(type: type, payload: payload) { return .event(.meta(meta)) }
        if MIDIFile.MetaEvent.knownTypes.contains(type) { warnings.note(.metaLength, at: start) }
        return .event(.meta(.other(type: type, payload)))
    }
}

extension MIDIFile.MetaEvent {
    /// The types whose events have a form, and so a length, of their own.
    fileprivate static let knownTypes: Set<UInt8> = [0x00, 0x20, 0x21, 0x51, 0x54, 0x58, 0x59]

    /// Reads a meta event of a known type; nil if the type is not known or the length not right.
    fileprivate init?(type: UInt8, payload: [UInt8]) {
        if let kind = MIDIFile.TextKind(rawValue: type) {
            self = .text(kind, payload)
            return
        }
        switch (type, payload.count) {
        case (0x00, 2):
            self = .sequenceNumber(UInt16(payload[0]) << 8 | UInt16(payload[1]))
        case (0x20, 1):
            self = .channelPrefix(payload[0])
        case (0x21, 1):
            self = .port(payload[0])
        case (0x51, 3):
            self = .tempo(microsecondsPerQuarter: payload.reduce(0) { $0 << 8 | Int($1) })
        case (0x54, 5):
            self = .timecodeOffset(
                hours: payload[0], minutes: payload[1], seconds: payload[2], frames: payload[3],
                fraction: payload[4])
        case (0x58, 4):
            self = .meter(
                numerator: payload[0], denominatorPower: payload[1], clocksPerClick: payload[2],
                thirtySecondsPerQuarter: payload[3])
        case (0x59, 2) where payload[1] < 2:
            self = .key(fifths: Int8(bitPattern: payload[0]), isMinor: payload[1] == 1)
        case (0x7F, _):
            self = .sequencerSpecific(payload)
        default:
            return nil
        }
    }
}
