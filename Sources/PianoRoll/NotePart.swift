/// The track and channel that a note is on.
package struct NotePart: Hashable {
    /// The track.
    package let track: Int
    /// The channel.
    package let channel: UInt8

    /// That of a note.
    package init(_ note: Note) { (track, channel) = (note.track, note.channel) }

    /// The part that most of some notes are on, the first of equals; nil if there are none.
    package static func commonest(of notes: some Sequence<Note>) -> NotePart? {
        var counts: [NotePart: Int] = [:]
        for note in notes { counts[NotePart(note), default: 0] += 1 }
        return counts.max {
            ($0.value, $1.key.track, $1.key.channel) < ($1.value, $0.key.track, $0.key.channel)
        }?.key
    }
}
