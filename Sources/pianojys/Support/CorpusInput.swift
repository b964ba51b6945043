import Composition
import Corpus
import PianoRoll

/// Corpus files as the commands read them.
enum CorpusInput {
    /// What the help says of the corpus that is taken where none is named.
    static let usual = "(default: chorales for models of four voices, melodies for models of one)"

    /// The name of the corpus that a model is measured on where none is named.
    ///
    /// - Throws: `Failure.usage` if none of those in `Data/corpora` has as many voices.
    static func usualName(for model: GridModel) throws -> String {
        try usualName(lanes: model.lanes, named: model.name)
    }

    /// As `usualName(for:)`, of a model of so many voices.
    static func usualName(lanes: Int, named name: String) throws -> String {
        switch lanes {
        case 4: return "chorales"
        case 1: return "melodies"
        default: throw Failure.usage("\(name) is a model of \(lanes) voices: name its corpus with --corpus")
        }
    }

    /// Whether two corpora, each a path or a name in `Data/corpora`, have one name.
    static func isSame(_ one: String, _ other: String) -> Bool {
        func name(_ corpus: String) -> Substring {
            let file = corpus.split(separator: "/").last ?? ""
            return file.hasSuffix(".corpus") ? file.dropLast(7) : file
        }
        return name(one) == name(other)
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
        try convert(read(path), at: path, to: model.vocabulary, lanes: model.lanes)
    }

    /// A corpus that was read from a path, in the vocabulary of a model of so many voices.
    ///
    /// - Throws: `Failure.badData`.
    static func convert(_ corpus: Corpus, at path: String, to vocabulary: Vocabulary, lanes: Int) throws
        -> Corpus
    {
        guard corpus.lanes == lanes else {
            throw Failure.badData(
                "\(path): its pieces have \(corpus.lanes) \(corpus.lanes == 1 ? "voice" : "voices"); the model has \(lanes); name another --corpus"
            )
        }
        return try Failure.naming(path) { try corpus.converted(to: vocabulary) }
    }
}
