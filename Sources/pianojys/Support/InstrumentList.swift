/// The instruments of the voices.
struct InstrumentList {
    private let programs: [UInt8]

    /// Reads a list of General MIDI programs.
    init(_ text: String?) throws {
        programs = try (text?.split(separator: ",", omittingEmptySubsequences: false) ?? []).map { part in
            guard let program = UInt8(part), program < 128 else {
                throw Failure.usage("--instrument \(text ?? ""): give General MIDI programs, 0 to 127")
            }
            return program
        }
    }

    /// The program of each lane; one for all, one each, nil if none is named.
    ///
    /// - Throws: `Failure.usage` if they are as many as neither.
    func programs(lanes: Int) throws -> [UInt8?] {
        guard programs.count <= 1 || programs.count == lanes else {
            throw Failure.usage(
                "--instrument names \(programs.count) programs; give one, or one for each of the \(lanes) voices"
            )
        }
        return (0..<lanes).map {
            programs.count == 1 ? programs[0] : $0 < programs.count ? programs[$0] : nil
        }
    }
}
