extension Score {
    /// Gives tracks other numbers, and the notes and controls that refer to them with them.
    ///
    /// - Parameter numbers: The new number of each track.
    /// - Precondition: `numbers` is a permutation of the tracks' indices.
    public mutating func renumberTracks(_ numbers: [Int]) {
        precondition(numbers.sorted() == Array(tracks.indices), "\(numbers) for \(tracks.count) tracks")
        let old = tracks
        for (index, number) in numbers.enumerated() { tracks[number] = old[index] }
        for index in notes.indices { notes[index].track = numbers[notes[index].track] }
        for index in controls.indices { controls[index].track = numbers[controls[index].track] }
        notes.sort(by: Note.scoreOrder)
        // What a track says at one tick keeps its order.
        controls = controls.enumerated().sorted {
            ($0.element.tick, $0.element.track, $0.offset) < ($1.element.tick, $1.element.track, $1.offset)
        }.map(\.element)
    }
}
