extension MIDIFile {
    /// Reads a Standard MIDI File, or one wrapped in RIFF (RMID).
    ///
    /// Lenient: whatever can be read is read, and each kind of fault is told once in `warnings`. Memory stays
    /// within a fixed multiple of the bytes given, whatever lengths they claim. Takes time linear in the bytes.
    ///
    /// - Parameters:
    ///   - bytes: The whole file.
    ///   - warnings: Receives what was not as it should be.
    /// - Throws: `MIDIDecodingError` if there is no header or no track to be read.
    public init(
        decoding bytes: Span<UInt8>, warnings: inout [MIDIDecodingWarning]
    ) throws(MIDIDecodingError) {
        var walker = ChunkWalker(end: bytes.count, warnings: warnings)
        defer { warnings = walker.warnings }
        let header = try walker.readHeader(bytes)
        let tracks = walker.readTracks(bytes)
        if tracks.isEmpty { throw .noTracks }

        if tracks.count != header.trackCount {
            walker.warnings.note(.trackCount, at: walker.headerStart + 10)
        }
        var format = header.format
        if format == .singleTrack, tracks.count > 1 {
            walker.warnings.note(.severalTracksInFormat0, at: walker.headerStart + 8)
            format = .simultaneousTracks
        }
        self.init(format: format, division: header.division, tracks: tracks)
    }

    /// Reads a Standard MIDI File, passing over what is not as it should be; see `init(decoding:warnings:)`.
    public init(decoding bytes: [UInt8]) throws(MIDIDecodingError) {
        var warnings: [MIDIDecodingWarning] = []
        try self.init(decoding: bytes.span, warnings: &warnings)
    }

    /// Reads a Standard MIDI File from an array; see the form that takes a span.
    public init(
        decoding bytes: [UInt8], warnings: inout [MIDIDecodingWarning]
    ) throws(MIDIDecodingError) {
        try self.init(decoding: bytes.span, warnings: &warnings)
    }
}

/// Goes through the chunks of a file.
private struct ChunkWalker {
    var position = 0
    var end: Int
    var headerStart = 0
    var warnings: [MIDIDecodingWarning]
    /// Where tracks may begin, ascending; found once, when first needed.
    private var trackTags: [Int]?

    init(end: Int, warnings: [MIDIDecodingWarning]) {
        self.end = end
        self.warnings = warnings
    }

    struct Header {
        var format: MIDIFile.Format
        var trackCount: Int
        var division: MIDIFile.Division
    }

    mutating func readHeader(_ bytes: Span<UInt8>) throws(MIDIDecodingError) -> Header {
        if bytes.isEmpty { throw .empty }
        if bytes.hasTag("RIFF", at: 0), bytes.hasTag("RMID", at: 8) { try enterRIFF(bytes) }
        if !bytes.hasTag("MThd", at: position, before: end) { skipForeignHeader(bytes) }
        guard bytes.hasTag("MThd", at: position, before: end) else {
            // A file cut off within its first four bytes is told from one of another kind.
            let start: StaticString = "MThd"
            let isCutOff =
                bytes.count < 4 && (0..<bytes.count).allSatisfy { bytes[$0] == start.utf8Start[$0] }
            throw isCutOff ? .headerCutOff(length: bytes.count) : .notMIDI
        }
        headerStart = position
        guard end - position >= 14 else { throw .headerCutOff(length: end - position) }
        let length = Int(bytes.bigEndian32(at: position + 4))
        if length < 6 { throw .headerTooShort(length: length) }

        let format = MIDIFile.Format(rawValue: bytes.bigEndian16(at: position + 8))
        if format == nil { warnings.note(.unknownFormat, at: position + 8) }
        let trackCount = Int(bytes.bigEndian16(at: position + 10))
        let rawDivision = bytes.bigEndian16(at: position + 12)
        guard let division = MIDIFile.Division(bits: rawDivision) else { throw .unknownDivision(rawDivision) }

        if length > end - position - 8 {
            warnings.note(.chunkLength, at: position + 4)
            position += 14
        } else {
            position += 8 + length
        }
        return Header(format: format ?? .simultaneousTracks, trackCount: trackCount, division: division)
    }

    /// Moves on to a header within the first kibibyte: old Macintosh programs put 128 bytes of their own before it.
    private mutating func skipForeignHeader(_ bytes: Span<UInt8>) {
        let last = min(end - 14, position + 1_024)
        guard position < last else { return }
        for start in position + 1...last
        where bytes.hasTag("MThd", at: start) && bytes.bigEndian32(at: start + 4) == 6 {
            warnings.note(.strayBytes, at: position)
            position = start
            return
        }
    }

    /// Narrows the walk to the `data` chunk of a RIFF file.
    private mutating func enterRIFF(_ bytes: Span<UInt8>) throws(MIDIDecodingError) {
        var chunk = 12
        while bytes.count - chunk >= 8 {
            let length = Int(bytes.littleEndian32(at: chunk + 4))
            if bytes.hasTag("data", at: chunk) {
                position = chunk + 8
                if length > bytes.count - position { warnings.note(.chunkLength, at: chunk + 4) }
                end = min(bytes.count, position + length)
                return
            }
            // Chunks of RIFF begin on even bytes.
            chunk += 8 + length + length % 2
        }
        throw .noDataInRIFF
    }

    mutating func readTracks(_ bytes: Span<UInt8>) -> [MIDIFile.Track] {
        var tracks: [MIDIFile.Track] = []
        while position < end {
            if bytes.hasTag("MTrk", at: position, before: end), end - position >= 8 {
                tracks.append(readTrack(bytes))
            } else if looksLikeChunk(bytes, at: position) {
                warnings.note(.unknownChunk, at: position)
                position += 8 + Int(bytes.bigEndian32(at: position + 4))
            } else {
                warnings.note(.strayBytes, at: position)
                position = nextTrack(bytes, from: position + 1)
            }
        }
        return tracks
    }

    private mutating func readTrack(_ bytes: Span<UInt8>) -> MIDIFile.Track {
        let start = position + 8
        let length = Int(bytes.bigEndian32(at: position + 4))
        let claimedEnd = length > end - start ? nil : start + length
        // Where the claimed end is followed by neither a chunk nor the file's end, the length may be wrong:
        // then the track's own end decides.
        let isTrusted = claimedEnd.map { $0 == end || looksLikeChunk(bytes, at: $0) } ?? false
        let limit = isTrusted ? claimedEnd ?? end : nextTrack(bytes, from: claimedEnd ?? start)

        var reader = TrackReader(position: start, limit: limit, warnings: warnings)
        let track = reader.read(bytes)
        warnings = reader.warnings
        let stop = reader.position
        if stop == claimedEnd {
            position = stop
        } else if let claimedEnd, stop < claimedEnd, !bytes.hasTag("MTrk", at: stop, before: end) {
            // The track ended early and nothing begins there: padding within the chunk.
            warnings.note(.strayBytes, at: stop)
            position = claimedEnd
        } else {
            warnings.note(.chunkLength, at: start - 4)
            position = stop
        }
        return track
    }

    /// Whether four printable letters stand here with a length that the file has room for.
    private func looksLikeChunk(_ bytes: Span<UInt8>, at offset: Int) -> Bool {
        guard offset <= end - 8 else { return false }
        if bytes.hasTag("MTrk", at: offset) { return true }
        let isTag = (offset..<offset + 4).allSatisfy { (0x20...0x7E).contains(bytes[$0]) }
        return isTag && Int(bytes.bigEndian32(at: offset + 4)) <= end - offset - 8
    }

    /// Where the next track begins, or the end.
    private mutating func nextTrack(_ bytes: Span<UInt8>, from offset: Int) -> Int {
        let tags = trackTags ?? (position..<end).filter { bytes.hasTag("MTrk", at: $0, before: end) }
        trackTags = tags
        // The first at or after the offset.
        var (low, high) = (0, tags.count)
        while low < high {
            let middle = (low + high) / 2
            if tags[middle] < offset { low = middle + 1 } else { high = middle }
        }
        return low < tags.count ? tags[low] : end
    }
}

extension MIDIFile.Division {
    /// Reads the header's two bytes; nil if they make no number of ticks.
    fileprivate init?(bits: UInt16) {
        if bits & 0x8000 == 0 {
            guard bits > 0 else { return nil }
            self = .ticksPerQuarter(Int(bits))
        } else {
            // The upper byte is the frame rate's negative.
            let rate = UInt8(truncatingIfNeeded: 0x100 - Int(bits >> 8))
            let ticksPerFrame = Int(bits & 0xFF)
            guard let frameRate = MIDIFile.FrameRate(rawValue: rate), ticksPerFrame > 0 else { return nil }
            self = .timecode(frameRate, ticksPerFrame: ticksPerFrame)
        }
    }
}

extension Span<UInt8> {
    /// Whether four letters stand at an offset, within the bytes before `limit`.
    fileprivate func hasTag(_ tag: StaticString, at offset: Int, before limit: Int? = nil) -> Bool {
        guard offset >= 0, offset <= (limit ?? count) - 4 else { return false }
        return (0..<4).allSatisfy { self[offset + $0] == tag.utf8Start[$0] }
    }

    fileprivate func bigEndian16(at offset: Int) -> UInt16 {
        UInt16(self[offset]) << 8 | UInt16(self[offset + 1])
    }

    fileprivate func bigEndian32(at offset: Int) -> UInt32 {
        UInt32(bigEndian16(at: offset)) << 16 | UInt32(bigEndian16(at: offset + 2))
    }

    fileprivate func littleEndian32(at offset: Int) -> UInt32 {
        (0..<4).reduce(0) { $0 | UInt32(self[offset + $1]) << UInt32(8 * $1) }
    }
}
