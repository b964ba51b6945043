import Audio
import Glibc
import Testing

@Suite struct SoundFontTests {
    private static let system = "/usr/share/sounds/sf2/TimGM6mb.sf2"

    @Test func anExplicitPathWins() throws {
        let font = try SoundFont.locate(explicit: Self.system, environment: "/nowhere.sf2", folders: [])
        #expect(font.path == Self.system)
    }

    @Test func theEnvironmentComesNext() throws {
        #expect(try SoundFont.locate(environment: Self.system, folders: []).path == Self.system)
        #expect(throws: AudioError.soundFontNotFound(places: [])) {
            try SoundFont.locate(environment: "", folders: [])
        }
    }

    @Test func foldersAreSearchedInOrderAndTheirDefaultFirst() throws {
        try TemporaryFolder.with { first throws in
            try TemporaryFolder.with { second throws in
                symlink(Self.system, "\(second.path)/default-GM.sf2")
                symlink(Self.system, "\(first.path)/TimGM6mb.sf2")
                let folders = [first.path, second.path]
                #expect(try SoundFont.locate(folders: folders).path == "\(first.path)/TimGM6mb.sf2")
                symlink(Self.system, "\(first.path)/default-GM.sf2")
                #expect(try SoundFont.locate(folders: folders).path == "\(first.path)/default-GM.sf2")
            }
        }
    }

    @Test func aMissingFileIsNamedAndNothingElseIsTried() {
        #expect(
            throws: AudioError.soundFontUnusable(path: "/nowhere.sf2", reason: "No such file or directory")
        ) { try SoundFont.locate(explicit: "/nowhere.sf2", environment: Self.system) }
    }

    @Test func aFileThatIsNoSoundFontIsRefused() {
        #expect(
            throws: AudioError.soundFontUnusable(path: "/etc/passwd", reason: "not a SoundFont 2 or 3 file")
        ) { try SoundFont(path: "/etc/passwd") }
    }

    @Test func whenNoneIsFoundTheErrorSaysWhereAndWhatToInstall() {
        do {
            _ = try SoundFont.locate(folders: ["/empty-a", "/empty-b"])
            Issue.record("found one")
        } catch {
            let text = String(describing: error)
            #expect(
                text.contains("/empty-a") && text.contains("/empty-b") && text.contains("timgm6mb-soundfont"))
            #expect(!text.contains("\n"))
        }
    }
}
