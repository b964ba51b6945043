import ComparisonPage
import FoundationEssentials
import OutputFiles

/// The folder of a comparison: its files' names, and what may be written over.
enum ComparisonFolder {
    /// The page.
    static let page = "index.html"

    /// The name of a piece's files, without the ending.
    static func name(seed: UInt64, nfe: Int, schedule: String) -> String {
        "seed\(seed)-nfe\(nfe)-\(schedule)"
    }

    /// The files of an earlier comparison, which a new one may replace.
    ///
    /// - Throws: `Failure.cannotCreate` if the folder holds anything else, `OutputFileError` if nothing can be written there.
    static func earlierFiles(in folder: String) throws -> Set<String> {
        try OutputFolder.check(folder)
        // What a program that was killed has left behind is no reason to refuse.
        let names = Set((try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? []).filter {
            !$0.hasPrefix(OutputFolder.temporaryPrefix)
        }
        if names.isEmpty { return [] }
        let others = names.filter {
            $0 != page && $0.wholeMatch(of: /seed[0-9]+-nfe[0-9]+-(uniform|jys)\.(mid|ogg)/) == nil
        }.sorted()
        guard others.isEmpty, isComparison("\(folder)/\(page)") else {
            let found = (others.isEmpty ? names.sorted() : others)
            throw Failure.cannotCreate(
                "\(folder) holds what is not of a comparison (\(found.prefix(3).joined(separator: ", "))"
                    + "\(found.count > 3 ? ", ..." : "")); name another --output, or an empty folder")
        }
        return names
    }

    /// Whether a page says that it was made by this command.
    private static func isComparison(_ path: String) -> Bool {
        guard let bytes = try? InputFile.bytes(path) else { return false }
        let head = String(decoding: bytes.prefix(2_000), as: UTF8.self)
        return head.contains("<meta name=\"generator\" content=\"\(ComparisonPage.generator)\" />")
    }

    /// Puts the folder's own name where an error names the temporary one.
    static func naming<Result>(_ folder: String, for temporary: OutputFolder, _ work: () throws -> Result)
        throws
        -> Result
    {
        func named(_ text: String) -> String { text.replacing(temporary.temporaryPath, with: folder) }
        do {
            return try work()
        } catch let error {
            switch Failure(error) {
            case .cannotCreate(let what): throw Failure.cannotCreate(named(what))
            case .cannotWrite(let what): throw Failure.cannotWrite(named(what))
            case let failure?: throw failure
            case nil: throw error
            }
        }
    }
}
