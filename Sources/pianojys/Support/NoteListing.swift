import PianoRoll

/// A note as it was read, before it is laid on a grid, for anyone who wants to check the reader.
struct NoteListing: Encodable {
    let track: Int
    let channel, pitch, velocity: UInt8
    let startTick, endTick: Int
    let startSeconds, endSeconds: Double

    /// The notes of a score in its order; `fileTrack` gives the number that a track has in the file.
    static func notes(of score: Score, fileTrack: (Int) -> Int) -> [NoteListing] {
        let tempoMap = TempoMap(score)
        return score.notes.map {
            NoteListing(
                track: fileTrack($0.track), channel: $0.channel, pitch: $0.pitch, velocity: $0.velocity,
                startTick: $0.startTick, endTick: $0.endTick,
                startSeconds: tempoMap.seconds(atTick: $0.startTick),
                endSeconds: tempoMap.seconds(atTick: $0.endTick))
        }
    }
}
