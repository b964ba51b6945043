/// Lists of numbers as options take them.
enum NumberList {
    /// Numbers of steps: "4,8".
    ///
    /// - Throws: `Failure.usage`.
    static func numbersOfSteps(_ text: String) throws -> [Int] {
        try text.split(separator: ",").map {
            guard let number = Int($0), number >= 1 else {
                throw Failure.usage("--nfe takes numbers of steps, as in 2,4,8, not '\($0)'")
            }
            return number
        }
    }

    /// Seeds and ranges of them: "1-6" or "1,2,7".
    ///
    /// - Parameter limit: The most that are taken.
    /// - Throws: `Failure.usage`.
    static func seeds(_ text: String, limit: Int) throws -> [UInt64] {
        let fault = Failure.usage("--seeds takes seeds and ranges, as in 1-6 or 1,2,7, not '\(text)'")
        var seeds: [UInt64] = []
        for part in text.split(separator: ",", omittingEmptySubsequences: false) {
            let ends = part.split(separator: "-", omittingEmptySubsequences: false).map { UInt64($0) }
            guard let first = ends[0], let last = ends[ends.count - 1], ends.count <= 2, first <= last else {
                throw fault
            }
            guard last - first < UInt64(limit), seeds.count + Int(last - first) < limit else {
                throw Failure.usage("--seeds \(text): more than \(limit)")
            }
            seeds += first...last
        }
        guard Set(seeds).count == seeds.count else {
            throw Failure.usage("--seeds \(text) names a seed twice")
        }
        return seeds
    }
}
