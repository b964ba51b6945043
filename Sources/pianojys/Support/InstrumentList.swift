import PianoRoll

/// The instruments of the voices.
struct InstrumentList {
    private let programs: [UInt8]

    /// Reads a list of General MIDI programs, by number or name.
    init(_ text: String?) throws {
        programs = try (text?.split(separator: ",", omittingEmptySubsequences: false) ?? []).map {
            try Self.program(String($0))
        }
    }

    private static func program(_ text: String) throws -> UInt8 {
        if let number = Int(text) {
            guard (0...127).contains(number) else {
                throw Failure.usage("--instrument \(text): General MIDI programs are 0 to 127")
            }
            return UInt8(number)
        }
        let found = GeneralMIDI.programs(named: text)
        if found.count == 1 { return found[0] }
        let names = found.prefix(6).map { "\($0) \(GeneralMIDI.programNames[Int($0)])" }
        throw Failure.usage(
            "--instrument \(text): "
                + (found.isEmpty
                    ? "General MIDI has none of that name; give its number, 0 to 127, or a name such as 'church organ'"
                    : "could be \(names.joined(separator: ", "))\(found.count > 6 ? " and others" : "")"))
    }

    /// The score with these instruments for its voices: channels of tracks that have notes, in order, without drums.
    ///
    /// - Throws: `Failure.usage` if there are several, and not as many as voices.
    func applied(to score: Score) throws -> Score {
        guard !programs.isEmpty else { return score }
        var seen: Set<[Int]> = []
        for note in score.notes where note.channel != 9 { seen.insert([note.track, Int(note.channel)]) }
        let voices = seen.sorted { $0.lexicographicallyPrecedes($1) }
        var result = score
        for (voice, program) in zip(voices, try programs(lanes: voices.count)) {
            if let program { result.setProgram(program, track: voice[0], channel: UInt8(voice[1])) }
        }
        return result
    }

    /// The program of each lane; one for all, one each, nil if none is named.
    ///
    /// - Throws: `Failure.usage` if they are as many as neither.
    func programs(lanes: Int) throws -> [UInt8?] {
        guard programs.count <= 1 || programs.count == lanes else {
            throw Failure.usage(
                "--instrument names \(programs.count) programs; give one, or one for each of the \(lanes) \(lanes == 1 ? "voice" : "voices")"
            )
        }
        return (0..<lanes).map {
            programs.count == 1 ? programs[0] : $0 < programs.count ? programs[$0] : nil
        }
    }
}
