import Composition
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

    /// Reads a corpus file in a model's vocabulary.
    ///
    /// - Throws: `Failure.noInput`, `.badData`.
    static func read(_ path: String, for model: GridModel) throws -> Corpus {
        let corpus = try read(path)
        guard corpus.lanes == model.lanes else {
            throw Failure.badData(
                "\(path): its pieces have \(corpus.lanes) \(corpus.lanes == 1 ? "voice" : "voices"); the model has \(model.lanes); name another --corpus"
            )
        }
        return try Failure.naming(path) { try corpus.converted(to: model.vocabulary) }
    }
}
