extension Score {
    /// The score with lines that were played legato, each key let go after the next is down, cut so that they are single lines.
    ///
    /// A line is a part in which no note begins with another or sounds as long as half of itself into the next; in any other part several
    /// voices may be meant, and it stays as it is.
    public func withoutLegatoOverlaps() -> Score {
        var result = self
        for part in Dictionary(grouping: notes.indices, by: { NotePart(notes[$0]) }).values {
            let line = part.sorted { notes[$0].startTick < notes[$1].startTick }
            let isLine = zip(line, line.dropFirst()).allSatisfy { index, next in
                let (note, start) = (notes[index], notes[next].startTick)
                // Less than half of the note.
                return start > note.startTick && note.endTick - start < start - note.startTick
            }
            let reachesFurther = zip(line, line.dropFirst(2)).contains {
                notes[$0].endTick > notes[$1].startTick
            }
            guard isLine, !reachesFurther else { continue }
            for (index, next) in zip(line, line.dropFirst()) {
                result.notes[index].endTick = min(notes[index].endTick, notes[next].startTick)
            }
        }
        return result
    }
}
