import Foundation
import MIDIFile
import PianoRoll
import Testing

@Suite(.serialized)
struct GenerateTests {
    let folder: TemporaryFolder
    let data: String

    init() throws {
        folder = try TemporaryFolder()
        data = try folder.dataFolder()
    }

    private func generate(_ arguments: String...) throws -> Program.Result {
        try Program.run(["generate", "--schedule", "uniform", "--data", data] + arguments)
    }

    private func score(_ path: String) throws -> Score {
        try Score(MIDIFile(decoding: [UInt8](Data(contentsOf: URL(fileURLWithPath: path)))))
    }

    @Test func `A seed tells the notes, and stands in the file`() throws {
        let paths = (1...3).map { "\(folder.path)/\($0).mid" }
        for (path, seed) in zip(paths, ["7", "7", "8"]) {
            let result = try generate("--seed", seed, path)
            #expect(result.code == 0)
            #expect(result.text == path + "\n")
            #expect(result.error.contains("seed \(seed)"))
        }
        let scores = try paths.map(score)
        #expect(scores[0] == scores[1])
        #expect(scores[0].notes != scores[2].notes)
        #expect(
            scores[0].texts.contains {
                $0.contains("seed 7") && $0.contains("nfe 8") && $0.contains("uniform")
            })
        #expect(try Program.run(["show", "--verbose", paths[2]]).error.contains("seed 8"))
        #expect(scores[0].endTick == 8 * 4 * scores[0].ticksPerQuarter)
    }

    @Test func `What is avoided and in how many keys the model is asked stands in the file`() throws {
        let path = "\(folder.path)/a.mid"
        let made = try generate(
            "--bars", "2", "--nfe", "2", "--avoid", "octaves,fifths", "--transpositions", "3", path)
        #expect(made.code == 0, "\(made.error)")
        let text = try #require(try score(path).texts.first { $0.contains("seed") })
        #expect(text.contains("avoiding fifths,octaves") && text.contains("transpositions 3"))
        // Nothing is rare in what this model learnt from.
        #expect(try generate("--bars", "2", path).error.contains("avoiding") == false)
        let strict = try TemporaryFolder()
        let options = [
            "generate", "--schedule", "uniform", "--bars", "2",
            "--data", try strict.dataFolder(rareFaults: [.parallelOctaves]),
        ]
        #expect(try Program.run(options + [path]).error.contains("avoiding octaves"))
        #expect(try Program.run(options + ["--avoid", "none", path]).error.contains("avoiding") == false)
        let told = try Program.run(options + ["--json", "--transpositions", "2", path]).text
        #expect(told.contains("\"avoid\":\"octaves\"") && told.contains("\"transpositions\":2"), "\(told)")
        for options in [["--avoid", "hidden"], ["--avoid", ""], ["--transpositions", "13"]] {
            let refused = try generate(options[0], options[1], path)
            #expect(refused.code == 64 && refused.error.contains(options[0]), "\(refused.error)")
        }
    }

    @Test func `The ending says what is written`() throws {
        let paths = ["a.mid", "a.json", "a.svg"].map { "\(folder.path)/\($0)" }
        let result = try generate("--quiet", "--bars", "3", paths[0], paths[1], paths[2])
        #expect(result.code == 0)
        #expect(result.error.isEmpty && result.output.isEmpty)
        let document = try GridDocument(json: [UInt8](Data(contentsOf: URL(fileURLWithPath: paths[1]))))
        #expect(document.grid.steps == 48 && document.grid.lanes == 4)
        #expect(document.info["model"] == "chorale" && document.info["seed"] != nil)
        #expect(try String(contentsOfFile: paths[2], encoding: .utf8).hasPrefix("<"))
        #expect(folder.names == ["a.json", "a.mid", "a.svg", "data"])
    }

    @Test func `A grid keeps tempo and instruments, of the source too`() throws {
        let paths = ["a.json", "a.mid", "again.mid", "b.json", "b.mid"].map { "\(folder.path)/\($0)" }
        let made = try generate(
            "--bars", "2", "--tempo", "72", "--instrument", "52,60,41,42", paths[0], paths[1])
        #expect(made.code == 0, "\(made.error)")
        #expect(try generate("--keep", "bass", "--from", paths[1], paths[3], paths[4]).code == 0)
        for (json, midi) in [(paths[0], paths[1]), (paths[3], paths[4])] {
            #expect(try Program.run(["decode", json, paths[2]]).code == 0)
            let (score, again) = (try score(midi), try score(paths[2]))
            #expect(again.tempos.map(\.microsecondsPerQuarter) == [833_333])
            #expect(again.tracks.map(\.program) == [52, 60, 41, 42])
            #expect(again.tracks == score.tracks)
            // Without their ends: a part that was given keeps its short gaps in MIDI, and has none on the grid.
            let starts = [again, score].map {
                $0.notes.map { [$0.startTick, $0.track, Int($0.pitch), Int($0.velocity)] }
            }
            #expect(starts[0] == starts[1])
        }
    }

    @Test func `A grid is composed to as its MIDI is`() throws {
        let (midi, json) = (folder.path + "/a.mid", folder.path + "/a.json")
        #expect(try generate("--bars", "4", "--tempo", "72", midi, json).code == 0)
        for task in [["--keep", "soprano", "--from"], ["--prompt-bars", "1", "--bars", "3", "--prompt"]] {
            let made = try [midi, json].map { source in
                let path = folder.path + "/made.mid"
                let arguments = ["--seed", "3"] + task + [source, path]
                let result = try Program.run(
                    ["generate", "--schedule", "uniform", "--data", data] + arguments)
                #expect(result.code == 0, "\(result.error)")
                return try score(path)
            }
            #expect(made[0].notes == made[1].notes && made[0].tempos == made[1].tempos)
        }
        let piece = try generate("--prompt", json, "--piece", "1", folder.path + "/b.mid")
        #expect(piece.code == 64 && piece.error.contains("--piece is for MIDI files"))
    }

    @Test func `Takes are numbered and differ`() throws {
        #expect(try generate("--count", "3", folder.path + "/{n}.mid").code == 0)
        #expect(folder.names == ["1.mid", "2.mid", "3.mid", "data"])
        #expect(Set(try (1...3).map { try score("\(folder.path)/\($0).mid").notes }).count == 3)
        #expect(try generate("--count", "3", folder.path + "/x.mid").code == 64)
    }

    @Test func `MIDI goes to standard output`() throws {
        let result = try generate("-")
        #expect(result.code == 0)
        #expect(result.output.prefix(4) == Data("MThd".utf8))
    }

    @Test func `Harmonising keeps the soprano, filling in the rest`() throws {
        let source = folder.path + "/source.mid"
        #expect(try generate("--seed", "1", source).code == 0)
        let (kept, filled) = (folder.path + "/kept.mid", folder.path + "/filled.mid")
        #expect(try generate("--seed", "2", "--keep", "soprano", "--from", source, kept).code == 0)
        #expect(
            try generate("--seed", "2", "--infill", "bars=5-6,voices=alto,tenor", "--from", source, filled)
                .code == 0)
        let scores = try [source, kept, filled].map(score)
        #expect(scores[0].notes.filter { $0.track == 0 } == scores[1].notes.filter { $0.track == 0 })
        #expect(scores[0].notes != scores[1].notes)
        for track in [0, 3] {
            #expect(
                scores[0].notes.filter { $0.track == track } == scores[2].notes.filter { $0.track == track })
        }
        #expect(scores[0].notes != scores[2].notes)
    }

    /// A tune of twelve triplets in a bar and a half: what the model cannot hold is told, and kept; the half bar is a bar.
    @Test func `What becomes of triplets is told, and a bar that is not full is counted`() throws {
        let notes = (0..<12).map {
            Note(pitch: UInt8(60 + $0 % 5), startTick: 160 * $0, endTick: 160 * ($0 + 1))
        }
        var tune = Score(ticksPerQuarter: 480, tracks: [.init()], notes: notes)
        tune.notes.append(Note(pitch: 60, startTick: 1_920, endTick: 2_880))
        tune.endTick = 2_880
        let source = try folder.file("tune.mid", MIDIFile(score: tune).encoded())
        let path = folder.path + "/a.mid"
        let result = try generate("--keep", "soprano", "--from", source, path)
        #expect(result.code == 0, "\(result.error)")
        #expect(result.error.contains("8 of 13 notes are triplets"), "\(result.error)")
        #expect(result.error.contains("bars 2, from"), "\(result.error)")
        #expect(try score(path).notes.filter { $0.track == 0 } == tune.notes)
        // Of two voices one is kept.
        let two =
            tune.notes
            + tune.notes.map {
                var note = $0
                (note.track, note.channel, note.pitch) = (1, 1, note.pitch - 12)
                return note
            }
        let both = Score(ticksPerQuarter: 480, tracks: [.init(), .init()], notes: two)
        let refused = try generate(
            "--keep", "soprano", "--from", try folder.file("two.mid", MIDIFile(score: both).encoded()), path)
        #expect(refused.code == 65 && refused.errorLines.count == 1, "\(refused.error)")
        #expect(refused.error.contains("has 2 voices") && refused.error.contains("1 is to be kept"))
    }

    /// Four bars are three windows of two.
    @Test func `What was made is told as JSON`() throws {
        struct Report: Decodable {
            let denoiserCalls, denoiserCallsPerTake, bars: Int
            let precision: String
            let options: [String: String]
        }
        func report(_ arguments: String...) throws -> Report {
            let made = try Program.run(
                ["generate", "--schedule", "uniform", "--data", data, "--json", "--nfe", "2"] + arguments)
            #expect(made.code == 0, "\(made.error)")
            return try JSONDecoder().decode(Report.self, from: made.output)
        }
        let source = folder.path + "/1.mid"
        let takes = try report(
            "--bars", "4", "--count", "70", "--precision", "f32", "--tempo", "72", folder.path + "/{n}.mid",
            "--quiet")
        #expect(takes.denoiserCallsPerTake == 6 && takes.denoiserCalls == 6 * 70 && takes.bars == 4)
        #expect(takes.precision == "f32" && takes.options == ["tempo": "72.0"])
        let kept = try report(
            "--keep", "soprano", "--from", folder.path + "/01.mid", "--instrument", "19", source)
        #expect(kept.denoiserCallsPerTake == 6 && kept.denoiserCalls == 6)
        #expect(
            kept.options == ["keep": "soprano", "from": folder.path + "/01.mid", "instrument": "19"])
        let prompted = try report(
            "--prompt", folder.path + "/01.mid", "--bars", "3", folder.path + "/2.mid")
        #expect(prompted.options == ["prompt": folder.path + "/01.mid", "prompt-bars": "2"])
    }

    @Test func `Without optimised schedules jys is refused, not replaced`() throws {
        let output = folder.path + "/a.mid"
        let result = try Program.run(["generate", "--data", data, output])
        #expect(result.code == 66)
        #expect(result.errorLines.count == 1)
        #expect(result.error.contains("pianojys optimize"))
        #expect(!FileManager.default.fileExists(atPath: output))
    }

    @Test func `Files named twice, and instruments for some voices, are refused`() throws {
        let path = folder.path + "/a.mid"
        for arguments in [[path, path], ["--instrument", "52,53", path]] {
            let result = try Program.run(["generate", "--schedule", "uniform", "--data", data] + arguments)
            #expect(result.code == 64 && result.errorLines.count == 1, "\(arguments): \(result.error)")
        }
        #expect(folder.names == ["data"])
    }

    @Test func `The schedules of a model's own file lie beside it`() throws {
        let model = folder.path + "/mine/model.safetensors"
        try FileManager.default.createDirectory(
            atPath: folder.path + "/mine", withIntermediateDirectories: true)
        try FileManager.default.copyItem(
            atPath: data + "/Data/models/chorale/model.safetensors", toPath: model)
        let midi = folder.path + "/midi"
        try FileManager.default.createDirectory(atPath: midi, withIntermediateDirectories: true)
        #expect(try generate("--count", "3", "--bars", "4", midi + "/{n}.mid").code == 0)
        let corpus = folder.path + "/c.corpus"
        let build = ["corpus", "build", midi, "--lanes", "4", "--held-out", "0", "--output", corpus]
        #expect(try Program.run(build).code == 0)
        let optimize = [
            "optimize", "--data", data, "--model", model, "--corpus", corpus, "--samples", "4", "--grid-size",
            "8",
            "--max-nfe", "4",
        ]
        let found = try Program.run(optimize)
        #expect(found.code == 0, "\(found.error)")
        #expect(found.text.hasSuffix(folder.path + "/mine/schedules/generate-dispersed.json\n"))
        #expect(!FileManager.default.fileExists(atPath: data + "/Schedules"))
        let output = folder.path + "/a.mid"
        #expect(
            try Program.run(["generate", "--data", data, "--model", model, "--nfe", "3", output]).code == 0)
        let beyond = try Program.run(["generate", "--data", data, "--model", model, "--nfe", "5", output])
        #expect(beyond.code == 64 && beyond.error.contains("--schedule uniform"))
        #expect(beyond.error.contains("no schedule of 5 steps; there are those of 1-4"), "\(beyond.error)")

        let short = folder.path + "/short"
        try FileManager.default.createDirectory(atPath: short, withIntermediateDirectories: true)
        #expect(try generate("--count", "3", "--bars", "1", short + "/{n}.mid").code == 0)
        let shorter = folder.path + "/short.corpus"
        #expect(
            try Program.run(["corpus", "build", short, "--lanes", "4", "--held-out", "0", "-o", shorter])
                .code == 0)
        let tooShort = try Program.run(optimize + ["--corpus", shorter])
        #expect(tooShort.code == 65 && tooShort.errorLines.count == 1, "\(tooShort.error)")
        #expect(tooShort.error.contains("windows, 32 steps") && tooShort.error.contains("longest has 16"))
        #expect(!found.error.contains("left out"))
        try FileManager.default.copyItem(atPath: short + "/1.mid", toPath: midi + "/short.mid")
        #expect(try Program.run(build.dropLast() + [folder.path + "/mixed.corpus"]).code == 0)
        let mixed = try Program.run(
            optimize + ["--corpus", folder.path + "/mixed.corpus", "--output", "-", "--quiet"])
        #expect(mixed.code == 0 && mixed.error.isEmpty, "\(mixed.error)")
        let told = try Program.run(optimize + ["--corpus", folder.path + "/mixed.corpus", "--output", "-"])
        #expect(
            told.error.contains(
                "left out of 4 training pieces: 1 shorter than the model's windows, 32 steps"),
            "\(told.error)")

        // Another sampler takes these, and says so; a trial does not take the place of what was measured with more calls.
        let euler = [
            "generate", "--data", data, "--model", model, "--nfe", "3", "--sampler", "euler", output,
        ]
        let remedy =
            "optimised for generate by dispersed, not for generate by euler; "
            + "'pianojys optimize --model \(model) --data \(data) --corpus \(corpus) --sampler euler' makes one"
        #expect(try Program.run(euler).error.contains(remedy))
        let file = folder.path + "/mine/schedules/generate-dispersed.json"
        let before = try Data(contentsOf: URL(fileURLWithPath: file))
        let trial = try Program.run(optimize + ["--samples", "2"])
        #expect(trial.code == 64 && trial.error.contains("measured with") && trial.error.contains("--force"))
        let named = try Program.run(optimize + ["--samples", "2", "--output", file])
        #expect(named.code == 64 && named.error.contains("measured with"), "\(named.error)")
        let other = try Program.run(optimize + ["--sampler", "tweedie", "--output", file])
        #expect(
            other.code == 64 && other.error.contains("for generate by dispersed, found by dp"),
            "\(other.error)")
        let fewer = try Program.run(optimize + ["--max-nfe", "2"])
        #expect(fewer.code == 64 && fewer.error.contains("schedules of up to 4 steps"), "\(fewer.error)")
        let elsewhere = try Program.run(optimize + ["--corpus", folder.path + "/mixed.corpus"])
        #expect(
            elsewhere.code == 64 && elsewhere.error.contains("measured on the corpus \(corpus)"),
            "\(elsewhere.error)")
        #expect(try Data(contentsOf: URL(fileURLWithPath: file)) == before)
        #expect(try Program.run(optimize + ["--samples", "2", "--force"]).code == 0)
        for option in [["--freezing", "rates"], ["--paths", "model"]] {
            let refused = try Program.run(optimize + option)
            #expect(refused.code == 64 && refused.error.contains("other than absorbing"))
        }
    }

    @Test func `A schedule file of another task or sampler is taken, and said to be`() throws {
        let schedules = """
            {"format": "pianojys-schedules", "version": 1, "model": "mine", "task": "generate",
             "process": "absorbing", "sampler": "dispersed", "method": "dp", "seed": 1, "samples": 2,
             "denoiserCalls": 2,
             "schedules": [{"nfe": 2, "times": [1, 0.4, 0], "cost": 1, "uniformCost": 2}]}
            """
        let file = try folder.file("mine.json", schedules.utf8)
        let source = folder.path + "/a.mid"
        func compose(_ arguments: String...) throws -> Program.Result {
            try Program.run(["generate", "--data", data, "--nfe", "2", "--schedule", file] + arguments)
        }
        let own = try compose(source)
        #expect(own.code == 0 && own.errorLines.count == 1, "\(own.error)")
        let other = try compose("--keep", "soprano", "--from", source, folder.path + "/b.mid")
        #expect(other.code == 0, "\(other.error)")
        let told =
            "\(file): the schedule was optimised for generate by dispersed, not for harmonise by dispersed; "
            + "'pianojys optimize --model chorale --data \(data) --task harmonise' makes one\n"
        #expect(other.error.contains(told), "\(other.error)")
        // What so small a model composed lies anywhere, and that is said too.
        #expect(other.errorLines.count { !$0.contains("outside its range") } == 2)
        let sampler = try compose("--sampler", "tweedie", source)
        let remedy = "by dispersed, not for generate by tweedie; 'pianojys optimize"
        #expect(sampler.error.contains(remedy), "\(sampler.error)")
    }

    @Test func `Models with a mask are sampled by dispersed`() throws {
        let made = try generate("--json", folder.path + "/a.mid")
        #expect(made.code == 0 && made.text.contains(#""sampler":"dispersed""#), "\(made.text)")
        let named = try generate("--json", "--sampler", "tweedie", folder.path + "/a.mid")
        #expect(named.text.contains(#""sampler":"tweedie""#))
    }

    /// The number of calls that is told is the one that was made.
    @Test func `Calls that a sampler cannot make are told`() throws {
        let output = folder.path + "/a.mid"
        let result = try generate("--sampler", "corrector", "--nfe", "4", "--json", output)
        #expect(result.code == 0 && result.error.contains("corrector takes 3 of the 4 calls"))
        #expect(result.text.contains("\"nfe\":3"))
    }
}
