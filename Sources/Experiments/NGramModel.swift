import DiscreteDiffusion
import RealModule

/// How likely a character is after those before it, from counts in a text, the counts of shorter contexts mixed in where those of the
/// longer one are few.
///
/// `p(c | h) = (n(h c) + d(h) p(c | h')) / (n(h) + d(h))`, with d(h) the number of different characters seen after h, and h' the context
/// without its first character; below the empty context all characters are alike. (Witten and Bell 1991.)
package struct NGramModel {
    private let order: Int
    private let stateCount: Int
    /// How often each run of 1 to `order` tokens was seen.
    private var counts: [UInt64: Int32] = [:]
    /// How often each context was seen with anything after it, and with how many different tokens.
    private var contexts: [UInt64: (total: Int32, different: Int32)] = [:]

    /// Counts.
    ///
    /// - Parameters:
    ///   - text: The text.
    ///   - stateCount: Tokens are below it; at most 254.
    ///   - order: The longest run that is counted, 1...8.
    package init(_ text: [Token], stateCount: Int, order: Int) {
        precondition((1...8).contains(order) && (1...254).contains(stateCount), "order \(order)")
        self.order = order
        self.stateCount = stateCount
        for end in text.indices {
            for length in 1...min(order, end + 1) {
                let run = Self.key(text[end + 1 - length...end])
                let before = counts[run, default: 0]
                counts[run] = before + 1
                let context = Self.key(text[end + 1 - length..<end])
                var seen = contexts[context] ?? (total: 0, different: 0)
                seen.total += 1
                if before == 0 { seen.different += 1 }
                contexts[context] = seen
            }
        }
    }

    /// A run as a number: a byte a token, from 1 on, so that runs of all lengths differ.
    private static func key(_ run: ArraySlice<Token>) -> UInt64 {
        run.reduce(0) { $0 << 8 | UInt64($1 + 1) }
    }

    /// `p(text[place] | what stands before it)`, at most `order - 1` tokens of it.
    package func probability(of text: ArraySlice<Token>, at place: Int) -> Double {
        var value = 1 / Double(stateCount)
        for length in 0...min(order - 1, place - text.startIndex) {
            guard let seen = contexts[Self.key(text[place - length..<place])] else { break }
            let count = Double(counts[Self.key(text[place - length...place])] ?? 0)
            value = (count + Double(seen.different) * value) / Double(seen.total + seen.different)
        }
        return value
    }

    /// The mean of `-log p` over the tokens of a text, nats.
    package func crossEntropy(of text: ArraySlice<Token>) -> Double {
        text.indices.reduce(0) { $0 - .log(probability(of: text, at: $1)) } / Double(max(1, text.count))
    }
}
