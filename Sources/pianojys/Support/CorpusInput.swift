import Composition
import Corpus

/// Corpus files as the commands read them.
enum CorpusInput {
    /// What the help says of the corpus that is taken where none is named.
    static let usual = "(default: chorales for models of four voices, melodies for models of one)"

    /// The name of the corpus that a model is measured on where none is named.
    ///
    /// - Throws: `Failure.usage` if none of those in `Data/corpora` has as many voices.
    static func usualName(for model: GridModel) throws -> String {
        switch model.lanes {
        case 4: return "chorales"
        case 1: return "melodies"
        default:
            throw Failure.usage(
                "\(model.name) is a model of \(model.lanes) voices: name its corpus with --corpus")
        }
    }

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
