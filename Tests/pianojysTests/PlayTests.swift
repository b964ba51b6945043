import Foundation
import Glibc
import MIDIFile
import PianoRoll
import Testing

/// `play` without a sound card: ALSA's null device takes samples as fast as they come, and faults are made by `ALSAFaults.c`.
@Suite(.serialized)
struct PlayTests {
    let folder: TemporaryFolder
    let midi: String

    init() throws {
        folder = try TemporaryFolder()
        let notes = (0..<16).map { beat in
            Note(pitch: UInt8(60 + beat % 5), channel: 3, startTick: beat * 480, endTick: (beat + 1) * 480)
        }
        let score = Score(
            ticksPerQuarter: 480, tracks: [.init(program: 19)], notes: notes,
            tempos: [.init(tick: 0, microsecondsPerQuarter: 50_000)])
        midi = try folder.file("tune.mid", MIDIFile(score: score).encoded())
    }

    /// The library that makes faults, compiled by the compiler that comes with Swift.
    private func faults(_ variables: [String: String]) throws -> [String: String] {
        let library = folder.path + "/faults.so"
        if !FileManager.default.fileExists(atPath: library) {
            let compiler = Process()
            compiler.executableURL = URL(fileURLWithPath: "/usr/bin/env")
            compiler.arguments = [
                "clang", "-shared", "-fPIC", "-o", library,
                URL(fileURLWithPath: #filePath).deletingLastPathComponent().path + "/ALSAFaults.c",
                "-lasound", "-ldl",
            ]
            try compiler.run()
            compiler.waitUntilExit()
            try #require(compiler.terminationStatus == 0, "clang")
        }
        return variables.merging(["LD_PRELOAD": library]) { $1 }
    }

    @Test(arguments: [("EPIPE@3", "ran dry once"), ("ESTRPIPE@3", "was suspended")])
    func `Interruptions are recovered from and told`(fault: String, words: String) throws {
        let result = try Program.run(
            ["play", "--device", "null", midi], environment: faults(["ALSA_FAULT": fault]))
        #expect(result.code == 0, "\(result.error)")
        #expect(result.errorLines.count == 1 && result.error.contains(words), "\(result.error)")
    }

    @Test func `A device that vanishes ends the playing, and what was recorded is kept`() throws {
        let gone = try Program.run(
            ["play", "--device", "null", midi], environment: faults(["ALSA_FAULT": "ENODEV@3"]))
        #expect(gone.code == 69)
        #expect(
            gone.errorLines == [
                "pianojys: the audio device 'null' went away while playing, or the sound server behind it"
            ])
        let server = try Program.run(
            ["play", "--device", "null", midi], environment: faults(["ALSA_FAULT": "EIO@3"]))
        #expect(server.code == 69)
        let record = folder.path + "/kept.mid"
        let live = try Program.run(
            self.live("--bars", "16", "--ahead", "16", "--record", record),
            environment: faults(["ALSA_FAULT": "ENODEV@20"]))
        #expect(live.code == 69)
        #expect(live.error.contains("went away"))
        // 19 periods of 8192 frames at 44,100 Hz and the one that was lost are 3.7 s; a sixteenth at 90 lasts a sixth of one.
        let kept = try score(record)
        #expect(abs(Double(kept.endTick) / 480 * 4 - 20 * 8_192 / 44_100 * 6) <= 1)
    }

    private func live(_ arguments: String...) throws -> [String] {
        let data = folder.path + "/data"
        if !FileManager.default.fileExists(atPath: data) { _ = try folder.dataFolder() }
        return ["play", "--live", "--schedule", "uniform", "--data", data, "--device", "null"]
            + arguments
    }

    private func score(_ path: String) throws -> Score {
        let bytes = try Data(contentsOf: URL(fileURLWithPath: path))
        var warnings: [MIDIDecodingWarning] = []
        let file = try MIDIFile(decoding: Array(bytes), warnings: &warnings)
        #expect(warnings.isEmpty)
        var scoreWarnings: [ScoreWarning] = []
        return try Score(file, warnings: &scoreWarnings)
    }

    @Test func `A stream is its seed's, and is recorded whole`() throws {
        var files: [Data] = []
        for (name, seed, ahead) in [("a", "5", "20"), ("b", "5", "40"), ("c", "6", "20")] {
            let record = "\(folder.path)/\(name).mid"
            let result = try Program.run(
                live("--bars", "20", "--ahead", ahead, "--seed", seed, "--tempo", "200", "--record", record))
            #expect(result.code == 0, "\(result.error)")
            #expect(result.text == record + "\n")
            #expect(result.error.contains("seed \(seed)") && result.error.contains("played 20 bars in 0:24"))
            #expect(result.error.contains("0 underruns") && result.error.contains("0 repeats"))
            #expect(try score(record).endTick == 20 * 4 * 480)
            files.append(try Data(contentsOf: URL(fileURLWithPath: record)))
        }
        #expect(files[0] == files[1] && files[0] != files[2])
    }

    @Test(arguments: [SIGINT, SIGTERM])
    func `A stream that never ends is ended by a signal, and its recording is whole`(signal: Int32) throws {
        let record = folder.path + "/stopped.mid"
        let result = try Program.run(live("--record", record), signal: signal, after: 2)
        #expect(result.code == 130)
        #expect(result.errorLines.last == "pianojys: interrupted")
        #expect(result.error.contains("played "))
        #expect(try score(record).notes.count > 0)
        #expect(folder.names == ["data", "stopped.mid", "tune.mid"])
    }

    @Test func `A composer that is late is covered for, and told of once`() throws {
        // The null device plays faster than any model composes.
        let record = folder.path + "/late.mid"
        let result = try Program.run(
            live(
                "--bars", "12", "--ahead", "1", "--nfe", "5000", "--tempo", "1000", "--record", record))
        #expect(result.code == 0)
        #expect(result.errorLines.count { $0.contains("is repeated") } == 1)
        #expect(result.error.contains("smallest lead 0 bars"))
        #expect(try score(record).endTick > 12 * 4 * 480)
    }

    @Test func `The key that is asked for stands in the recording`() throws {
        for (name, fifths, isMinor) in [("F#m", 3, true), ("Bb", -2, false)] {
            let (record, json) = (folder.path + "/key.mid", folder.path + "/key.json")
            for file in [record, json] {
                let result = try Program.run(live("--bars", "2", "--key", name, "--record", file))
                #expect(result.code == 0, "\(result.error)")
            }
            #expect(try score(record).keys == [.init(tick: 0, fifths: fifths, isMinor: isMinor)])
            let document = try GridDocument(json: [UInt8](Data(contentsOf: URL(fileURLWithPath: json))))
            #expect(document.performance?.keys == [.init(step: 0, fifths: fifths, isMinor: isMinor)])
            #expect(document.performance?.tempos.map(\.microsecondsPerQuarter) == [666_667])
        }
    }

    @Test func `A melody is harmonised over and over`() throws {
        let record = folder.path + "/harmonised.mid"
        let result = try Program.run(
            live("--melody", midi, "--bars", "8", "--ahead", "8", "--record", record))
        #expect(result.code == 0, "\(result.error)")
        let harmonised = try score(record)
        let soprano = harmonised.notes.filter { $0.track == 0 }
        let tune = (0..<16).map { UInt8(60 + $0 % 5) }
        #expect(soprano.map(\.pitch) == tune + tune)
        #expect(Set(harmonised.notes.map(\.track)).count == 4)
        // The tempo is the melody's.
        #expect(harmonised.tempos.first?.microsecondsPerQuarter == 50_000)
    }

    @Test func `What does not go together is refused`() throws {
        let refused: [([String], String)] = [
            (["play", "--ahead", "3", midi], "--ahead goes with --live"),
            (["play", "--nfe", "8", midi], "--nfe goes with --live"),
            (["play", "--precision", "auto", midi], "--precision goes with --live"),
            (["play"], "needs a MIDI file"),
            (try live(midi), "--melody"),
            (try live("--port", "128:0"), "--port"),
            (try live("--key", "H"), "--key H"),
            (try live("--key", "C", "--melody", midi), "--key"),
            (try live("--piece-bars", "4", "--melody", midi), "--piece-bars"),
            (try live("--ahead", "0"), "1...1000"),
            (try live("--bars", "0"), "--bars 0"),
            (try live("--tempo", "2"), "--tempo"),
            (try live("--density=-1"), "--density"),
            (try live("--record", folder.path + "/a.wav"), ".mid"),
            (try live("--instrument", "1,2"), "--instrument"),
        ]
        for (arguments, words) in refused {
            let result = try Program.run(arguments)
            #expect(result.code == 64, "\(arguments): \(result.error)")
            #expect(result.errorLines.count == 1 && result.error.contains(words), "\(result.error)")
        }
        let missing = try Program.run(live("--record", folder.path + "/none/a.mid"))
        #expect(missing.code == 73)
    }

    @Test func `Notes go to a sequencer port`() throws {
        let log = folder.path + "/sent"
        let result = try Program.run(
            ["play", "--port", "128:0", midi], environment: faults(["ALSA_SEQUENCER": log]))
        #expect(result.code == 0, "\(result.error)")
        let sent = try String(contentsOfFile: log, encoding: .utf8).split(separator: "\n")
        var expected = ["c0 13", "90 3c 50"]
        for beat in 1..<16 {
            expected.append("80 \(String(60 + (beat - 1) % 5, radix: 16)) 00")
            expected.append("90 \(String(60 + beat % 5, radix: 16)) 50")
        }
        #expect(sent.map(String.init) == expected + ["80 3c 00"])
    }

    @Test func `No note is left sounding at the port`() throws {
        let note = Note(pitch: 60, startTick: 0, endTick: 480 * 100)
        let long = try folder.file(
            "long.mid",
            MIDIFile(score: Score(ticksPerQuarter: 480, tracks: [.init()], notes: [note])).encoded())
        let log = folder.path + "/sent"
        let result = try Program.run(
            ["play", "--port", "128:0", long], environment: faults(["ALSA_SEQUENCER": log]), signal: SIGINT,
            after: 1)
        #expect(result.code == 130)
        let sent = try String(contentsOfFile: log, encoding: .utf8).split(separator: "\n")
        #expect(sent == ["c0 00", "90 3c 50", "80 3c 00"])
    }

    @Test func `A port or a sequencer that is not there`() throws {
        let port = try Program.run(
            ["play", "--port", "14:0", midi], environment: faults(["ALSA_SEQUENCER": folder.path + "/sent"]))
        #expect(port.code == 69)
        #expect(port.errorLines.count == 1 && port.error.contains("'14:0'"), "\(port.error)")
        let sequencer = try Program.run(["play", "--port", "14:0", midi], environment: faults([:]))
        #expect(sequencer.code == 69)
        #expect(
            sequencer.errorLines.count == 1 && sequencer.error.contains("/dev/snd/seq"), "\(sequencer.error)")
    }
}
