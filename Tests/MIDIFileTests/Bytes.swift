/// Lays out a file by hand: a header and chunks as they are.
func midiBytes(
    format: UInt8 = 1, trackCount: UInt8? = nil, division: [UInt8] = [0, 96], _ chunks: [[UInt8]]
) -> [UInt8] {
    let header: [UInt8] = [0, 0, 0, 6, 0, format, 0, trackCount ?? UInt8(chunks.count)]
    return [Array("MThd".utf8), header, division, Array(chunks.joined())].flatMap { $0 }
}

/// A track chunk around the bytes of events; the length is theirs unless another is given.
func trackChunk(_ events: [UInt8], length: UInt32? = nil) -> [UInt8] {
    let count = length ?? UInt32(events.count)
    let lengthBytes = [24, 16, 8, 0].map { (shift: UInt32) in UInt8(truncatingIfNeeded: count >> shift) }
    return [Array("MTrk".utf8), lengthBytes, events].flatMap { $0 }
}

/// Delta 0, end of track.
let endOfTrack: [UInt8] = [0x00, 0xFF, 0x2F, 0x00]
