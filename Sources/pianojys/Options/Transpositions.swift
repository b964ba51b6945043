import Composition

/// `--transpositions`: in how many keys a model is asked in each call.
enum Transpositions {
    /// What help says of the option.
    static let help =
        "Ask the model in so many keys at once, 1 to 12, and take the mean: nearer to its corpus, and each call takes as many times as long."

    /// Checks a number that was given.
    ///
    /// - Throws: `Failure.usage`.
    static func check(_ count: Int, for model: GridModel) throws {
        guard (1...12).contains(count) else {
            throw Failure.usage("--transpositions \(count) is not in 1...12")
        }
        guard count == 1 || model.process.hasMask else {
            throw Failure.withoutMask("--transpositions \(count)", model)
        }
    }

    /// What is told of a take that was asked for in so many keys.
    static func details(_ count: Int) -> [(name: String, value: String)] {
        count == 1 ? [] : [("transpositions", "\(count)")]
    }
}
