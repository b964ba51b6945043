import Foundation
import OutputFiles
import Testing

@Suite(.serialized)
struct OutputFolderTests {
    private let parent = FileManager.default.temporaryDirectory.appending(path: "pianojys-\(UUID())").path

    init() throws {
        try FileManager.default.createDirectory(atPath: parent, withIntermediateDirectories: true)
    }

    private func names(_ folder: String = "") -> [String] {
        ((try? FileManager.default.contentsOfDirectory(atPath: "\(parent)/\(folder)")) ?? []).sorted()
    }

    private func write(_ text: String, to path: String) throws {
        try OutputFile.write(Array(text.utf8), to: path)
    }

    private func text(_ name: String) throws -> String {
        try String(contentsOfFile: "\(parent)/\(name)", encoding: .utf8)
    }

    @Test(arguments: ["new", "new/", "new//"])
    func aNewFolderAppearsWhole(name: String) throws {
        let folder = try OutputFolder(path: "\(parent)/\(name)")
        try write("1", to: folder.path(of: "a"))
        try write("2", to: folder.path(of: "page"))
        #expect(!names().contains("new"))
        try folder.commit(last: "page")
        #expect(names() == ["new"] && names("new") == ["a", "page"])
    }

    @Test func whatIsNotCommittedGoes() throws {
        try FileManager.default.createDirectory(atPath: parent + "/old", withIntermediateDirectories: true)
        try write("old", to: parent + "/old/a")
        for name in ["old", "new"] {
            do {
                let folder = try OutputFolder(path: "\(parent)/\(name)")
                try write("new", to: folder.path(of: "a"))
            }
            #expect(names() == ["old"] && names("old") == ["a"])
        }
        #expect(try text("old/a") == "old")
    }

    @Test func aFolderThatIsThereTakesTheFilesAndKeepsOthers() throws {
        try FileManager.default.createDirectory(atPath: parent + "/old", withIntermediateDirectories: true)
        for name in ["a", "mine", "page", "stale"] { try write("old", to: "\(parent)/old/\(name)") }
        try FileManager.default.createSymbolicLink(atPath: parent + "/link", withDestinationPath: "old")
        let folder = try OutputFolder(path: parent + "/link/")
        for name in ["a", "b", "page"] { try write("new", to: folder.path(of: name)) }
        #expect(try text("old/a") == "old")
        try folder.commit(last: "page", removing: ["a", "stale"])
        #expect(names("old") == ["a", "b", "mine", "page"])
        #expect(try names("old").map { try text("old/\($0)") } == ["new", "new", "old", "new"])
        #expect(names() == ["link", "old"])
    }

    @Test func discardingRemovesWhatIsNotComplete() throws {
        let folder = try OutputFolder(path: parent + "/new")
        try write("1", to: folder.path(of: "a"))
        #expect(names().count == 1)
        OutputFolder.discardAll()
        #expect(names().isEmpty)
        #expect(throws: OutputFileError.self) { try folder.commit(last: "a") }
    }

    @Test func placesThatCannotBeWrittenAreNamed() throws {
        try write("", to: parent + "/file")
        for (path, reason) in [
            ("\(parent)/none/new", "there is no folder \(parent)/none"),
            ("\(parent)/file", "it is not a folder"),
            ("/dev/null", "it is not a folder"), ("", "it is not a folder"),
        ] {
            #expect(throws: OutputFileError.cannotCreate(path: path, reason: reason)) {
                try OutputFolder.check(path)
            }
            #expect(throws: OutputFileError.self) { _ = try OutputFolder(path: path) }
        }
        #expect(names() == ["file"])
    }
}
