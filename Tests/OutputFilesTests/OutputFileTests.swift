import Foundation
import OutputFiles
import Testing

@Suite(.serialized)
struct OutputFileTests {
    private let folder = FileManager.default.temporaryDirectory.appending(path: "pianojys-\(UUID())").path

    init() throws {
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
    }

    private var names: [String] {
        ((try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? []).sorted()
    }

    private func text(_ name: String) throws -> String {
        try String(contentsOfFile: "\(folder)/\(name)", encoding: .utf8)
    }

    @Test func aFileIsReplacedWhole() throws {
        for text in ["first", "second", ""] {
            try OutputFile.write(Array(text.utf8), to: "\(folder)/a")
            #expect(try self.text("a") == text)
        }
        #expect(names == ["a"])
    }

    @Test func whatIsNotCommittedGoes() throws {
        try OutputFile.write(Array("old".utf8), to: "\(folder)/a")
        do {
            let file = try OutputFile(path: "\(folder)/a")
            #expect(file.write("new", count: 3) == 3)
            #expect(names.count == 2)
        }
        #expect(names == ["a"])
        #expect(try text("a") == "old")
    }

    @Test func discardingRemovesWhatIsNotComplete() throws {
        let file = try OutputFile(path: "\(folder)/a")
        #expect(names.count == 1)
        OutputFile.discardAll()
        #expect(names.isEmpty)
        #expect(throws: OutputFileError.self) { try file.commit() }
    }

    /// A process of the same number may have died here: its file is in nobody's way.
    @Test func leftoversOfAnotherProcessAreInNobodysWay() throws {
        for number in 0..<200 {
            let path = "\(folder)/.pianojys-\(getpid())-\(number).part"
            #expect(FileManager.default.createFile(atPath: path, contents: nil))
        }
        try OutputFile.write(Array("new".utf8), to: "\(folder)/a")
        #expect(try text("a") == "new")
    }

    @Test func linksStayAndTheirTargetsAreReplaced() throws {
        let files = FileManager.default
        try files.createDirectory(atPath: folder + "/sub", withIntermediateDirectories: true)
        try files.createSymbolicLink(atPath: folder + "/link", withDestinationPath: "sub/target")
        for text in ["into nothing", "over a file"] {
            try OutputFile.write(Array(text.utf8), to: folder + "/link")
            #expect(try self.text("sub/target") == text)
            #expect(try files.destinationOfSymbolicLink(atPath: folder + "/link") == "sub/target")
        }
        try files.createSymbolicLink(atPath: folder + "/circle", withDestinationPath: "circle")
        #expect(throws: OutputFileError.self) { try OutputFile.write([1], to: folder + "/circle") }
    }

    @Test func theLongestNameIsWritten() throws {
        let name = String(repeating: "n", count: 255)
        try OutputFile.write([1], to: "\(folder)/\(name)")
        #expect(names == [name])
    }

    @Test func placesThatCannotBeWrittenAreNamed() throws {
        let path = "\(folder)/none/a"
        #expect(throws: OutputFileError.cannotCreate(path: path, reason: "there is no folder \(folder)/none"))
        {
            try OutputFile.check(path)
        }
        #expect(throws: OutputFileError.cannotCreate(path: folder, reason: "it is a folder")) {
            try OutputFile.write([1], to: folder)
        }
    }

    @Test func devicesAreWrittenToAndStay() throws {
        #expect(throws: OutputFileError.noSpace(path: "/dev/full")) {
            try OutputFile.write([1], to: "/dev/full")
        }
        #expect(OutputFile.isDevice("/dev/full"))
        try OutputFile.write([1], to: "/dev/null")
        #expect(OutputFile.isDevice("/dev/null"))
    }
}
