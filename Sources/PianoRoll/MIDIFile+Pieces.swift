import MIDIFile

extension MIDIFile {
    /// How many pieces the file holds: of format 2 one a track, of others one.
    public var pieceCount: Int { format == .independentTracks ? tracks.count : 1 }

    /// The number, from 0, of the file's track that a track of its score was read from.
    ///
    /// - Parameters:
    ///   - scoreTrack: The score's track, from 0.
    ///   - piece: Which piece the score is, from 0.
    public func track(ofScoreTrack scoreTrack: Int, piece: Int = 0) -> Int {
        if format == .independentTracks { return piece }
        // A single track is parted by channel; the conductor's, which has no notes, becomes no track of the score.
        if tracks.count == 1 { return 0 }
        return tracks[0].channels.isEmpty ? scoreTrack + 1 : scoreTrack
    }
}

extension MIDIFile.Track {
    /// The channels that it sends anything to, in order.
    var channels: [UInt8] {
        var seen: Set<UInt8> = []
        for timed in events {
            if case .channel(let channel, _) = timed.event { seen.insert(channel) }
        }
        return seen.sorted()
    }
}
