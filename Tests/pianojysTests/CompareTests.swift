import Foundation
import MIDIFile
import PianoRoll
import Testing

@Suite(.serialized)
struct CompareTests {
    let folder: TemporaryFolder
    let data: String

    /// A small model with optimised schedules of up to 4 steps, and a corpus.
    init() throws {
        folder = try TemporaryFolder()
        data = try folder.dataFolder(rareFaults: [.parallelFifths, .parallelOctaves])
        let midi = data + "/midi"
        try FileManager.default.createDirectory(atPath: midi, withIntermediateDirectories: true)
        let commands = [
            [
                "generate", "--schedule", "uniform", "--data", data, "--count", "9", "--bars", "4", "--seed",
                "1", midi + "/{n}.mid",
            ],
            ["corpus", "build", midi, "--lanes", "4", "--held-out", "30", "--output", data + "/c.corpus"],
            [
                "optimize", "--data", data, "--corpus", data + "/c.corpus", "--samples", "4", "--grid-size",
                "8",
                "--max-nfe", "4",
            ],
        ]
        for command in commands {
            let result = try Program.run(command)
            try #require(result.code == 0, "\(result.error)")
        }
    }

    private var output: String { folder.path + "/comparison" }
    private var page: String { (try? String(contentsOfFile: output + "/index.html", encoding: .utf8)) ?? "" }

    private func compare(
        _ arguments: String..., environment: [String: String] = [:], signal: Int32? = nil,
        after seconds: Double = 0,
        kilobytesAllowed: Int? = nil
    ) throws -> Program.Result {
        let usual = ["--data", data, "--corpus", data + "/c.corpus", "--output", output]
        return try Program.run(
            ["compare"] + usual + arguments, environment: environment, signal: signal, after: seconds,
            kilobytesAllowed: kilobytesAllowed)
    }

    private func names(_ path: String) -> [String] {
        ((try? FileManager.default.contentsOfDirectory(atPath: path)) ?? []).sorted()
    }

    private func bytes(_ path: String) throws -> Data { try Data(contentsOf: URL(fileURLWithPath: path)) }

    /// The commands on the page, as a reader copies them.
    private func commands(_ verb: String) -> [String] {
        page.matches(of: /<code>([\s\S]*?)<\/code>/).flatMap { $0.1.split(separator: "\n") }.map { line in
            [
                ("<span>", ""), ("</span>", ""), ("&#39;", "'"), ("&quot;", "\""), ("&lt;", "<"),
                ("&gt;", ">"), ("&amp;", "&"),
            ]
            .reduce(String(line)) { $0.replacing($1.0, with: $1.1) }
        }.filter { $0.hasPrefix("pianojys \(verb) ") }
    }

    /// Runs commands in a shell that finds the program.
    private func shell(_ text: String, in folder: String) throws -> (code: Int32, output: String) {
        let (process, pipe) = (Process(), Pipe())
        process.executableURL = URL(fileURLWithPath: "/bin/sh")
        process.arguments = ["-ec", text]
        process.currentDirectoryURL = URL(fileURLWithPath: folder)
        let programs = (Program.path as NSString).deletingLastPathComponent
        process.environment = ProcessInfo.processInfo.environment.merging([
            "PATH": programs + ":/usr/bin:/bin"
        ]) { $1 }
        process.standardOutput = pipe
        process.standardError = FileHandle.nullDevice
        try process.run()
        let output = pipe.fileHandleForReading.readDataToEndOfFile()
        process.waitUntilExit()
        return (process.terminationStatus, String(decoding: output, as: UTF8.self))
    }

    /// An Ogg file without the number of its stream, which is random, and the sums over that: of each page bytes 14 to 17 and
    /// 22 to 25.
    private func unnumbered(_ ogg: Data) -> [UInt8] {
        var bytes = [UInt8](ogg)
        for start in bytes.indices.dropLast(26) where bytes[start..<start + 4].elementsEqual("OggS".utf8) {
            for offset in [14, 15, 16, 17, 22, 23, 24, 25] { bytes[start + offset] = 0 }
        }
        return bytes
    }

    @Test func `Pieces are those of generate, sounds those of render, figures those of evaluate`() throws {
        let result = try compare(
            "--nfe", "2,4", "--seeds", "1,7", "--bars", "2", "--measured", "2", "--rate", "22050")
        #expect(result.code == 0, "\(result.error)")
        #expect(result.text == output + "/index.html\n")
        let pieces = [1, 7].flatMap { seed in
            [2, 4].flatMap { nfe in ["jys", "uniform"].map { "seed\(seed)-nfe\(nfe)-\($0)" } }
        }
        #expect(names(output) == ["index.html"] + pieces.flatMap { [$0 + ".mid", $0 + ".ogg"] })
        #expect(folder.names == ["comparison", "data"])

        let again = folder.path + "/again"
        try FileManager.default.createDirectory(atPath: again, withIntermediateDirectories: true)
        #expect(commands("generate").count == 8 && commands("render").count == 8)
        let made = try shell((commands("generate") + commands("render")).joined(separator: "\n"), in: again)
        #expect(made.code == 0)
        for piece in pieces {
            #expect(try bytes("\(output)/\(piece).mid") == bytes("\(again)/\(piece).mid"))
            let ogg = try bytes("\(output)/\(piece).ogg")
            #expect(try unnumbered(ogg) == unnumbered(bytes("\(again)/\(piece).ogg")))
            #expect(page.contains("src=\"data:audio/ogg;base64,\(ogg.base64EncodedString())\""))
        }
        #expect(Set(try pieces.map { try bytes("\(output)/\($0).mid") }).count == 8)

        let evaluated = try shell(try #require(commands("evaluate").first), in: again).output
        let rows = page.matches(of: /<tr><th scope="row">([^<]*)<\/th><td>([0-9][^<]*)<\/td>/).map {
            ("\($0.1)", "\($0.2)")
        }
        #expect(rows.map(\.0).contains("jys, NFE 4"))
        for (name, figure) in rows { #expect(evaluated.contains("| \(name) | \(figure) |"), "\(name)") }
    }

    @Test func `All pieces have one gain, and the loudest nearly fills the scale`() throws {
        func gains() -> Set<String> {
            Set(commands("render").map { $0.split(separator: " ")[3] }.map(String.init))
        }
        func peaks(_ gain: String) throws -> Float {
            try names(output).filter { $0.hasSuffix(".mid") }.map { name in
                let wav = folder.path + "/a.wav"
                _ = try Program.run(["render", "--gain", gain, "\(output)/\(name)", wav])
                let file = try bytes(wav)
                let start = try #require(file.range(of: Data("data".utf8))).upperBound + 4
                return file.dropFirst(start).withUnsafeBytes { sound in
                    stride(from: 0, to: sound.count - 1, by: 2).reduce(Float(0)) {
                        max($0, abs(Float(sound.loadUnaligned(fromByteOffset: $1, as: Int16.self)) / 32_767))
                    }
                }
            }.max() ?? 0
        }
        let arguments = ["--nfe", "4", "--seeds", "1-2", "--bars", "2", "--measured", "0"]
        #expect(try Program.run(["compare", "--data", data, "--output", output] + arguments).code == 0)
        let gain = try #require(gains().first)
        #expect(gains().count == 1)
        #expect(try abs(peaks(gain) - 0.89) < 0.01)
        let quiet = ["--no-normalize", "--gain", "0.25"]
        #expect(
            try Program.run(["compare", "--data", data, "--output", output] + arguments + quiet).code == 0)
        #expect(gains() == ["0.25"])
    }

    @Test func `Without sound no sound font is needed`() throws {
        let none = ["PIANOJYS_SOUNDFONT": "/none.sf2"]
        let arguments = ["--seeds", "3", "--nfe", "4", "--measured", "0"]
        let usual = ["compare", "--data", data, "--output", output] + arguments
        let refused = try Program.run(usual, environment: none)
        #expect(refused.code == 69 && refused.errorLines.count == 1 && folder.names == ["data"])
        #expect(try Program.run(usual + ["--no-audio"], environment: none).code == 0)
        #expect(names(output) == ["index.html", "seed3-nfe4-jys.mid", "seed3-nfe4-uniform.mid"])
        #expect(!page.contains("<audio") && !page.contains("id=\"test-run\""))
        #expect(commands("render").isEmpty && commands("evaluate").isEmpty)
        let first = page
        #expect(try Program.run(usual + ["--no-audio"]).code == 0)
        #expect(page == first)
    }

    @Test func `A task with a file is compared, its name in quotes where the shell wants them`() throws {
        let source = folder.path + "/it's one.mid"
        #expect(
            try Program.run(["generate", "--schedule", "uniform", "--data", data, "--bars", "3", source]).code
                == 0)
        let result = try compare(
            "--nfe", "2", "--seeds", "5", "--keep", "soprano", "--from", source, "--no-audio")
        #expect(result.code == 0, "\(result.error)")
        #expect(result.error.contains("no metrics") || result.error.contains("there are none"))
        #expect(page.contains("harmonise, 3 bars") && commands("evaluate").isEmpty)
        // What is told of the schedule stands on the page.
        let note = "the schedule was optimised for generate by dispersed, not for harmonise by dispersed"
        #expect(result.error.contains(note) && page.contains("<p class=\"note\">\(note)"))
        let again = folder.path + "/again"
        try FileManager.default.createDirectory(atPath: again, withIntermediateDirectories: true)
        #expect(try shell(commands("generate").joined(separator: "\n"), in: again).code == 0)
        for name in ["seed5-nfe2-jys.mid", "seed5-nfe2-uniform.mid"] {
            #expect(try bytes("\(output)/\(name)") == bytes("\(again)/\(name)"))
        }
    }

    @Test func `An earlier comparison is replaced, anything else is not`() throws {
        let quick = ["--bars", "1", "--nfe", "1", "--measured", "0", "--no-audio"]
        let usual = ["compare", "--data", data, "--output", output] + quick
        try FileManager.default.createDirectory(atPath: output, withIntermediateDirectories: true)
        #expect(try Program.run(usual + ["--seeds", "1-2"]).code == 0)
        #expect(names(output).count == 5)
        #expect(try Program.run(usual + ["--seeds", "3"]).code == 0)
        #expect(names(output) == ["index.html", "seed3-nfe1-jys.mid", "seed3-nfe1-uniform.mid"])
        let before = page

        try Data("mine".utf8).write(to: URL(fileURLWithPath: output + "/notes.txt"))
        let refused = try Program.run(usual + ["--seeds", "4"])
        #expect(refused.code == 73 && refused.errorLines.count == 1 && refused.error.contains("notes.txt"))
        #expect(page == before && names(output).count == 4)

        try FileManager.default.removeItem(atPath: output + "/notes.txt")
        try Data("<html>mine</html>".utf8).write(to: URL(fileURLWithPath: output + "/index.html"))
        #expect(try Program.run(usual + ["--seeds", "4"]).code == 73)
        #expect(page == "<html>mine</html>" && names(output).count == 3)
    }

    @Test(arguments: [
        (64, "--nfe", ["--nfe", ","]), (64, "--nfe", ["--nfe", "0"]), (64, "--nfe", ["--nfe", "4,x"]),
        (64, "each once", ["--nfe", "4,4"]), (64, "--schedule uniform", ["--nfe", "5"]),
        (64, "--seeds", ["--seeds", ","]), (64, "--seeds", ["--seeds", "3-1"]),
        (64, "--seeds", ["--seeds", "1-2-3"]),
        (64, "--seeds", ["--seeds", "-1"]), (64, "twice", ["--seeds", "1,1-3"]),
        (64, "more than 100", ["--seeds", "1-101"]),
        (64, "more than 100", ["--seeds", "0-18446744073709551615"]),
        (64, "102 pairs", ["--seeds", "1-51", "--nfe", "2,4"]),
        (64, "--measured", ["--measured", "-1"]), (64, "--rate", ["--rate", "7"]),
        (64, "--quality", ["--quality", "2"]),
        (64, "--sampler", ["--sampler", "none"]), (64, "temperature", ["--temperature", "-1"]),
        (64, "gain", ["--gain", "11"]),
        (64, "--bars", ["--bars", "0"]),
        (66, "no model", ["--model", "none"]), (66, "no corpus", ["--corpus", "none"]),
        (66, "No such file", ["--prompt", "/none.mid"]), (69, "sound font", ["--soundfont", "/none.sf2"]),
        (73, "no folder", ["--output", "/none/comparison"]), (73, "not a folder", ["--output", "/dev/null"]),
    ])
    func `What cannot be done is refused in a line, and nothing is left`(
        code: Int32, words: String, arguments: [String]
    ) throws {
        let given = [
            "--nfe=4", "--seeds=1", "--measured=2", "--corpus=\(data)/c.corpus", "--output=\(output)",
        ].filter { option in !arguments.contains { option.hasPrefix($0 + "=") } }
        // An option and its value in one word, for values that begin with a dash.
        let joined = stride(from: 0, to: arguments.count, by: 2).map {
            "\(arguments[$0])=\(arguments[$0 + 1])"
        }
        let result = try Program.run(["compare", "--data", data] + given + joined)
        #expect(result.code == code, "\(result.error)")
        #expect(result.errorLines.count == 1 && result.error.contains(words), "\(result.error)")
        #expect(result.output.isEmpty && folder.names == ["data"])
    }

    @Test(arguments: [SIGINT, SIGTERM])
    func `Ctrl-C leaves nothing`(signal: Int32) throws {
        let composing = try compare(
            "--nfe", "1,2,3,4", "--seeds", "1-25", "--bars", "10000", "--measured", "0", signal: signal,
            after: 0.5)
        let measuring = try compare(
            "--nfe", "4", "--seeds", "1", "--bars", "1", "--measured", "100000", signal: signal, after: 1)
        // A few seconds of composing and many of sound: whichever it is at, it ends.
        let rendering = try compare(
            "--nfe", "1", "--seeds", "1", "--bars", "400", "--measured", "0", "--rate", "96000",
            signal: signal, after: 2)
        for result in [composing, measuring, rendering] {
            #expect(result.code == 130)
            #expect(result.errorLines == ["pianojys: interrupted"])
            #expect(folder.names == ["data"])
        }
    }

    @Test func `A full disk leaves nothing, and the folder is named as the user named it`() throws {
        // The page is larger than any other file: it is the last to be written.
        for size in [1, 16] {
            let result = try compare(
                "--nfe", "4", "--seeds", "1-3", "--bars", "2", "--measured", "0", "--no-audio",
                kilobytesAllowed: size)
            #expect(result.code == 74)
            #expect(result.errorLines.count == 1 && result.error.contains(output + "/"), "\(result.error)")
            #expect(folder.names == ["data"])
        }
    }
}
