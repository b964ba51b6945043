import Corpus

/// Corpus files as the commands read them.
enum CorpusInput {
    /// Reads a corpus file.
    ///
    /// - Throws: `Failure.noInput`, `.badData`.
    static func read(_ path: String) throws -> Corpus {
        let bytes = try InputFile.bytes(path)
        return try Failure.naming(path) { try Corpus(decoding: bytes) }
    }
}
