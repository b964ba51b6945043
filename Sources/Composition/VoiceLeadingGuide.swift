import DiscreteDiffusion
import PianoRoll

/// Lowers the probability of tokens that would make a fault of voice leading with the cells that are known, by the same factor for
/// each fault.
///
/// A fault is seen when the last of its cells is drawn, but then what sounds around it may leave no choice. So it is looked for
/// earlier too: a masked cell is taken for one in which the note before it goes on, as most do, as long as no more than three lie between.
/// Where every token makes a fault, or the model is sure enough of one, it is drawn all the same.
public struct VoiceLeadingGuide: Guide {
    /// What is to be avoided.
    public let faults: Set<VoiceLeadingFault>
    private let vocabulary: Vocabulary
    private let lanes: Int

    /// What a fault costs, in nats: a factor of 1/400.
    private static let cost = 6.0
    /// Masked cells that are taken for holds between a note's start and a cell.
    private static let maskLimit = 3

    /// Creates a guide to grids of a vocabulary and so many lanes.
    public init(faults: Set<VoiceLeadingFault>, vocabulary: Vocabulary, lanes: Int) {
        self.faults = faults
        self.vocabulary = vocabulary
        self.lanes = lanes
    }

    /// Lowers the tokens of a cell that would make a fault; see `Guide`.
    public func adjust(_ logits: inout MutableSpan<Double>, cell: Int, tokens: Span<Token>) {
        let (step, lane) = cell.quotientAndRemainder(dividingBy: lanes)
        let before = step > 0 ? pitch(tokens, step: step - 1, lane: lane) : nil
        let end = noteEnd(tokens, step: step, lane: lane)
        let after = end < tokens.count / lanes ? start(tokens, step: end, lane: lane) : nil
        let arriving = before == nil ? [] : motions(tokens, at: step, besides: lane)
        let leaving = after == nil ? [] : motions(tokens, at: end, besides: lane)
        let bounds = faults.contains(.crossing) ? room(tokens, step..<end, lane: lane) : Int.min...Int.max
        let range = faults.contains(.outOfRange) ? range(of: lane) : Int.min...Int.max
        for state in 0..<logits.count {
            let started = vocabulary.pitch(of: Token(state)).map(Int.init)
            guard let sounding = started ?? (Token(state) == vocabulary.hold ? before : nil) else { continue }
            var count = 0
            if let started, let before { count += faults(from: before, to: started, beside: arriving) }
            if let after { count += faults(from: sounding, to: after, beside: leaving) }
            if !bounds.contains(sounding) { count += 1 }
            if let started, !range.contains(started) { count += 1 }
            logits[state] -= Double(count) * Self.cost
        }
    }

    /// How the other lanes move to a step from the one before, as far as that is known.
    private func motions(_ tokens: Span<Token>, at step: Int, besides lane: Int) -> [(from: Int, to: Int)] {
        var result: [(from: Int, to: Int)] = []
        for other in 0..<lanes where other != lane {
            if let from = pitch(tokens, step: step - 1, lane: other),
                let to = start(tokens, step: step, lane: other), from != to
            {
                result.append((from, to))
            }
        }
        return result
    }

    /// How many faults a lane makes by going from one pitch to another beside the motions of other lanes.
    private func faults(from: Int, to: Int, beside motions: [(from: Int, to: Int)]) -> Int {
        let parallels = motions.count { motion in
            VoiceLeadingFault.parallel(from: (from, motion.from), to: (to, motion.to)).map(faults.contains)
                ?? false
        }
        let isLeap = faults.contains(.leap) && VoiceLeadingFault.isLeap(from: from, to: to)
        return parallels + (isLeap ? 1 : 0)
    }

    /// The pitches at which a lane is under the lane over it and above the one below, in all of some steps.
    private func room(_ tokens: Span<Token>, _ steps: Range<Int>, lane: Int) -> ClosedRange<Int> {
        var (lowest, highest) = (Int.min, Int.max)
        for step in steps {
            if lane > 0, let upper = pitch(tokens, step: step, lane: lane - 1) {
                highest = min(highest, upper)
            }
            if lane + 1 < lanes, let lower = pitch(tokens, step: step, lane: lane + 1) {
                lowest = max(lowest, lower)
            }
        }
        // Lanes that cross around this one leave no room: it does not matter then.
        return lowest <= highest ? lowest...highest : Int.min...Int.max
    }

    private func range(of lane: Int) -> ClosedRange<Int> {
        let ranges = VoiceLeadingFault.choirRanges
        guard lanes == ranges.count else { return Int.min...Int.max }
        return Int(ranges[lane].lowerBound)...Int(ranges[lane].upperBound)
    }

    /// The pitch that starts in a cell (in the sustain encoding: that the cell holds), if that is known.
    private func start(_ tokens: Span<Token>, step: Int, lane: Int) -> Int? {
        vocabulary.pitch(of: tokens[step * lanes + lane]).map(Int.init)
    }

    /// The pitch that sounds in a cell, if that is known: nil for silence too.
    private func pitch(_ tokens: Span<Token>, step: Int, lane: Int) -> Int? {
        var (step, masks) = (step, 0)
        while step > 0, goesOn(tokens[step * lanes + lane], after: &masks) { step -= 1 }
        return start(tokens, step: step, lane: lane)
    }

    /// The step at which a note ends that sounds in a cell.
    private func noteEnd(_ tokens: Span<Token>, step: Int, lane: Int) -> Int {
        var (end, masks) = (step + 1, 0)
        while end < tokens.count / lanes, goesOn(tokens[end * lanes + lane], after: &masks) { end += 1 }
        return end
    }

    /// Whether the note before a cell goes on in it, or is taken to; counts the masks.
    private func goesOn(_ token: Token, after masks: inout Int) -> Bool {
        if token == vocabulary.hold { return true }
        guard Int(token) == vocabulary.count else { return false }
        masks += 1
        return masks <= Self.maskLimit
    }
}
