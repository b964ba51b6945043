extension MIDIFile {
    /// Writes the file's bytes: strict, every status byte written out, every track with its end.
    ///
    /// `MIDIFile(decoding:)` gives back an equal file, without warnings (unless a meta event of the wrong length
    /// was read and kept as bytes).
    ///
    /// - Throws: `MIDIEncodingError` if something in the file has no place in the format.
    public func encoded() throws(MIDIEncodingError) -> [UInt8] {
        guard (1...0xFFFF).contains(tracks.count), format != .singleTrack || tracks.count == 1 else {
            throw .trackCount(tracks.count, format)
        }
        var bytes: [UInt8] = Array("MThd".utf8)
        bytes.appendBigEndian(UInt32(6))
        bytes.appendBigEndian(format.rawValue)
        bytes.appendBigEndian(UInt16(tracks.count))
        bytes.appendBigEndian(try division.bits())
        for (index, track) in tracks.enumerated() {
            let body = try track.encodedEvents(index: index)
            guard let length = UInt32(exactly: body.count) else {
                throw .tooLong(track: index, tick: track.endTick)
            }
            bytes.append(contentsOf: "MTrk".utf8)
            bytes.appendBigEndian(length)
            bytes.append(contentsOf: body)
        }
        return bytes
    }
}

extension MIDIFile.Division {
    fileprivate func bits() throws(MIDIEncodingError) -> UInt16 {
        switch self {
        case .ticksPerQuarter(let ticks):
            guard (1...0x7FFF).contains(ticks) else { throw .division(ticks) }
            return UInt16(ticks)
        case .timecode(let rate, let ticks):
            guard (1...0xFF).contains(ticks) else { throw .division(ticks) }
            return UInt16(0x100 - Int(rate.rawValue)) << 8 | UInt16(ticks)
        }
    }
}

extension MIDIFile.Track {
    fileprivate func encodedEvents(index: Int) throws(MIDIEncodingError) -> [UInt8] {
        var bytes: [UInt8] = []
        var tick = 0
        for timed in events {
            guard timed.tick >= tick, timed.tick <= endTick else {
                throw .order(track: index, tick: timed.tick)
            }
            guard bytes.appendQuantity(timed.tick - tick) else {
                throw .tooLong(track: index, tick: timed.tick)
            }
            tick = timed.tick
            switch timed.event {
            case .channel(let channel, let message):
                guard let encoded = message.encoded(channel: channel) else {
                    throw .valueOutOfRange(track: index, tick: tick, timed.event)
                }
                bytes.append(contentsOf: encoded)
            case .meta(let meta):
                guard let (type, payload) = meta.encoded() else {
                    throw .valueOutOfRange(track: index, tick: tick, timed.event)
                }
                bytes.append(0xFF)
                bytes.append(type)
                guard bytes.appendPayload(payload) else { throw .tooLong(track: index, tick: tick) }
            case .systemExclusive(let payload), .escape(let payload):
                if case .systemExclusive = timed.event { bytes.append(0xF0) } else { bytes.append(0xF7) }
                guard bytes.appendPayload(payload) else { throw .tooLong(track: index, tick: tick) }
            }
        }
        guard endTick >= tick else { throw .order(track: index, tick: endTick) }
        guard bytes.appendQuantity(endTick - tick) else { throw .tooLong(track: index, tick: endTick) }
        bytes.append(contentsOf: [0xFF, 0x2F, 0x00])
        return bytes
    }
}

extension MIDIFile.ChannelMessage {
    /// The message's bytes; nil if a value is out of range.
    fileprivate func encoded(channel: UInt8) -> [UInt8]? {
        guard channel < 16 else { return nil }
        let kind: UInt8
        let data: [UInt8]
        switch self {
        case .noteOff(let key, let velocity): (kind, data) = (0x80, [key, velocity])
        case .noteOn(let key, let velocity): (kind, data) = (0x90, [key, velocity])
        case .keyPressure(let key, let pressure): (kind, data) = (0xA0, [key, pressure])
        case .controlChange(let controller, let value): (kind, data) = (0xB0, [controller, value])
        case .programChange(let program): (kind, data) = (0xC0, [program])
        case .channelPressure(let pressure): (kind, data) = (0xD0, [pressure])
        case .pitchBend(let value):
            guard value < 0x4000 else { return nil }
            (kind, data) = (0xE0, [UInt8(value & 0x7F), UInt8(value >> 7)])
        }
        return data.allSatisfy { $0 < 0x80 } ? [kind | channel] + data : nil
    }
}

extension MIDIFile.MetaEvent {
    /// The event's type and payload; nil if a value is out of range.
    fileprivate func encoded() -> (type: UInt8, payload: [UInt8])? {
        switch self {
        case .sequenceNumber(let number):
            return (0x00, [UInt8(number >> 8), UInt8(number & 0xFF)])
        case .text(let kind, let text):
            return (kind.rawValue, text)
        case .channelPrefix(let channel):
            return (0x20, [channel])
        case .port(let port):
            return (0x21, [port])
        case .tempo(let microseconds):
            guard (0...0xFF_FFFF).contains(microseconds) else { return nil }
            return (0x51, [16, 8, 0].map { UInt8(microseconds >> $0 & 0xFF) })
        case .timecodeOffset(let hours, let minutes, let seconds, let frames, let fraction):
            return (0x54, [hours, minutes, seconds, frames, fraction])
        case .meter(let numerator, let denominatorPower, let clocksPerClick, let thirtySecondsPerQuarter):
            return (0x58, [numerator, denominatorPower, clocksPerClick, thirtySecondsPerQuarter])
        case .key(let fifths, let isMinor):
            return (0x59, [UInt8(bitPattern: fifths), isMinor ? 1 : 0])
        case .sequencerSpecific(let payload):
            return (0x7F, payload)
        case .other(let type, let payload):
            // The end of a track is not an event of it.
            return type == 0x2F ? nil : (type, payload)
        }
    }
}

extension [UInt8] {
    fileprivate mutating func appendBigEndian(_ value: some FixedWidthInteger) {
        Swift.withUnsafeBytes(of: value.bigEndian) { append(contentsOf: $0) }
    }

    /// Appends a number of variable length; false if it has more than 28 bits.
    fileprivate mutating func appendQuantity(_ value: Int) -> Bool {
        guard (0...0x0FFF_FFFF).contains(value) else { return false }
        for shift in [21, 14, 7] where value >> shift != 0 {
            append(UInt8(value >> shift & 0x7F) | 0x80)
        }
        append(UInt8(value & 0x7F))
        return true
    }

    /// Appends a length and the bytes; false if they are too many.
    fileprivate mutating func appendPayload(_ payload: [UInt8]) -> Bool {
        guard appendQuantity(payload.count) else { return false }
        append(contentsOf: payload)
        return true
    }
}
