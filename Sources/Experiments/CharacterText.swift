import DiscreteDiffusion

/// A text in small letters, spaces and the commonest signs, as tokens.
public struct CharacterText: Hashable, Sendable {
    /// The characters, in the order of their tokens.
    public static let alphabet: [Character] = Array(" abcdefghijklmnopqrstuvwxyz.,;:?!'")

    /// The text.
    public let tokens: [Token]

    /// Takes what it knows of a text: capitals become small, and what is no letter or sign, a space between what stands beside it.
    public init(_ text: String) {
        var numbers = [Token?](repeating: nil, count: 128)
        for (number, character) in Self.alphabet.enumerated() {
            for value in [character.asciiValue, character.uppercased().first?.asciiValue] {
                if let value { numbers[Int(value)] = Token(number) }
            }
        }
        var tokens: [Token] = []
        var gap = false
        for byte in text.utf8 {
            guard byte < 128, let token = numbers[Int(byte)], token != 0 else {
                gap = true
                continue
            }
            if gap && !tokens.isEmpty { tokens.append(0) }
            gap = false
            tokens.append(token)
        }
        self.tokens = tokens
    }

    /// Tokens as text.
    static func string(_ tokens: some Sequence<Token>) -> String {
        String(tokens.map { alphabet[Int($0)] })
    }

    /// The text in blocks of a length, dealt out to as many parts as there are shares: of every `shares.reduce(0, +)` blocks the first
    /// part gets the first `shares[0]`, and so on.
    func split(blockLength: Int, shares: [Int]) -> [[Token]] {
        let owners = shares.indices.flatMap { Array(repeating: $0, count: shares[$0]) }
        var parts: [[Token]] = shares.map { _ in [] }
        for (block, start) in stride(from: 0, to: tokens.count, by: blockLength).enumerated() {
            parts[owners[block % owners.count]] += tokens[start..<min(tokens.count, start + blockLength)]
        }
        return parts
    }
}
