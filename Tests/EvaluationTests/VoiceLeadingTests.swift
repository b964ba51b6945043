import Evaluation
import PianoRoll
import Testing

@Suite("Voice leading")
struct VoiceLeadingTests {
    private static let wide: [ClosedRange<UInt8>] = [0...127, 0...127]

    @Test(
        "faults of two voices, by hand",
        arguments: [
            // C-G up to D-A: a fifth to a fifth in the same direction.
            ([67, 69], [60, 62], 1, 0),
            // A twelfth to a twelfth is the same fault.
            ([79, 81], [60, 62], 1, 0),
            // A fifth to a twelfth by contrary motion is not.
            ([67, 69], [60, 50], 0, 0),
            // The same fifth struck again is not; nor one voice moving alone through it.
            ([67, 67], [60, 60], 0, 0),
            ([67, 69], [60, 60], 0, 0),
            // Diminished to perfect is not.
            ([66, 69], [60, 62], 0, 0),
            // Octaves, and unisons.
            ([72, 74], [60, 62], 0, 1),
            ([60, 62], [60, 62], 0, 1),
            // An octave to a fifteenth by contrary motion is not.
            ([72, 76], [60, 52], 0, 0),
            // Three in a row are two faults; a rest between makes none.
            ([67, 69, 71], [60, 62, 64], 2, 0),
            ([67, nil, 69], [60, nil, 62], 0, 0),
            // Voices that move one after the other: no two fifths follow each other.
            ([67, 69, -1], [60, -1, 62], 0, 0),
            // Crossed voices in fifths are in fifths.
            ([60, 62], [67, 69], 1, 0),
        ] as [([Int?], [Int?], Int, Int)])
    func parallels(upper: [Int?], lower: [Int?], fifths: Int, octaves: Int) {
        let faults = VoiceLeading([grid([upper, lower])], ranges: Self.wide)
        #expect(faults[.parallelFifths] == fifths)
        #expect(faults[.parallelOctaves] == octaves)
    }

    @Test("each pair of voices is looked at, inner ones and outer ones")
    func pairs() {
        // Three voices, outer ones in fifths; the middle one moves by contrary motion.
        let piece = grid([[67, 69], [65, 64], [60, 62]])
        #expect(VoiceLeading([piece], ranges: [])[.parallelFifths] == 1)
    }

    @Test("a stretch of crossing counts once; a unison is none")
    func crossings() {
        // crossed at steps 1, 2 (one stretch) and 4; together at 3; apart at 0.
        let piece = grid([[67, 60, -1, 62, 60], [60, 62, -1, -1, 64]])
        #expect(VoiceLeading([piece], ranges: Self.wide)[.crossing] == 2)
        // Between lanes that are not neighbours it is not counted again.
        let three = grid([[60], [62], [64]])
        #expect(VoiceLeading([three], ranges: [])[.crossing] == 2)
    }

    @Test("a leap is a seventh or more than an octave, with no rest between")
    func leaps() {
        let piece = grid([[60, 70, 58, 71, -1, 60, nil, 50], [60, 72, 60, 73, 64, 54, 45, 45]])
        let found = VoiceLeading.faults(of: piece, ranges: []).filter { $0.fault == .leap }
        #expect(found.map { [$0.step] + $0.lanes } == [[1, 0], [3, 0], [3, 1], [5, 0], [5, 1]])
    }

    @Test("notes outside their voice's range, each once, however long")
    func ranges() {
        // Soprano 59 is below C4, alto 75 above D5, tenor and bass stand on their limits.
        let piece = grid([[59, -1, 60, 79], [75, -1, -1, 55], [48, 67, -1, -1], [40, 62, -1, 39]])
        #expect(VoiceLeading([piece])[.outOfRange] == 3)
        // Other numbers of lanes have no choir's ranges.
        #expect(VoiceLeading([grid([[20, 120]])])[.outOfRange] == 0)
    }

    @Test("each fault is told with its place and its voices, in order of time")
    func places() {
        let piece = grid([[67, 69, 60, -1], [60, 62, 62, -1]])
        #expect(
            VoiceLeading.faults(of: piece, ranges: [0...68, 0...127]) == [
                .init(fault: .outOfRange, step: 1, lanes: [0]),
                .init(fault: .parallelFifths, step: 1, lanes: [0, 1]),
                .init(fault: .crossing, step: 2, lanes: [0, 1]),
            ])
    }

    @Test("rates are by the bar, over all pieces together")
    func rates() throws {
        // Two steps of a bar of 16, and 30 steps: two bars, one fault.
        let faulty = grid([[67, 69], [60, 62]])
        let clean = grid([Array(repeating: 67, count: 30), Array(repeating: 60, count: 30)])
        let faults = VoiceLeading([faulty, clean])
        #expect(faults.bars == 2)
        #expect(faults.rate(of: .parallelFifths) == 0.5)
        #expect(VoiceLeading().rate(of: .parallelFifths) == nil)
    }
}
