import DiscreteDiffusion
import Foundation
import JumpYourSteps
import Testing

@Suite struct ScheduleFileTests {
    private func example(
        method: ScheduleFile.Method = .dp, upTo limit: Int = 12
    ) throws -> ScheduleFile {
        let process = AbsorbingProcess(stateCount: 8)
        let measurement = try InformationCurve.measure(
            denoiser: CountDown.denoiser(process: process, cellCount: 20),
            data: CountDown.source(stateCount: 8, cellCount: 20).draw(count: 6, seed: 1), gridSize: 16,
            seed: .max)
        return try ScheduleFile(
            model: "count/down \"8\"", task: "generate", sampler: "tweedie", measurement: measurement,
            method: method, upTo: limit)
    }

    /// A file with one schedule, its text changed in one place.
    private func file(_ old: String = "", _ new: String = "") throws -> Data {
        let text = """
            {"format": "pianojys-schedules", "version": 1, "model": "chorale", "task": "generate",
             "process": "absorbing", "sampler": "tweedie", "method": "dp", "seed": 7, "samples": 64,
             "denoiserCalls": 4096, "schedules": [
             {"nfe": 2, "times": [1, 0.7, 0], "cost": 1.5, "uniformCost": 2.5}]}
            """
        #expect(old.isEmpty || text.contains(old))
        return Data(text.replacingOccurrences(of: old, with: new).utf8)
    }

    @Test(arguments: [(0.15, 1.5, nil), (0.3, 1.5, 246), (1e6, 0, nil)] as [(Double, Double, Int?)])
    func aCostThatIsKnownBadlyIsFound(error: Double, cost: Double, samples: Int?) throws {
        // Half the interval of an error of 0.15 is 0.196 of 1.5; a cost that is nothing is known well enough.
        let errors = "{\"cost\": \(error), \"uniformCost\": 9, \"saving\": 9}"
        let data = try file("\"cost\": 1.5", "\"cost\": \(cost), \"standardErrors\": \(errors)")
        let found = try ScheduleFile(json: data, named: "a.json").mostUncertainCost()
        #expect(found?.samplesWanted == samples)
        if let found { #expect(found.nfe == 2 && abs(found.share - 0.392) < 1e-9) }
    }

    @Test func bytesGoThereAndBack() throws {
        let file = try example()
        let bytes = try file.json()
        #expect(try ScheduleFile(json: bytes, named: "a.json") == file)
        #expect(try ScheduleFile(json: bytes, named: "a.json").json() == bytes)
        #expect(file.schedules.map(\.nfe) == Array(1...12))
        #expect(file.seed == .max && file.samples == 6 && file.denoiserCalls == 6 * 16)
        #expect(try file.schedule(stepCount: 5).times == file.schedules[4].times)
        for entry in file.schedules { #expect(entry.cost <= entry.uniformCost + 1e-9) }
        let lines = String(decoding: bytes, as: UTF8.self).split(separator: "\n")
        #expect(lines.filter { $0.contains("\"nfe\"") }.count == 12, "one line a schedule")
    }

    @Test func goldenSchedulesAreOfPowersOfTwoAndNoBetter() throws {
        let (golden, best) = (try example(method: .golden), try example())
        #expect(golden.method == "golden" && golden.schedules.map(\.nfe) == [1, 2, 4, 8])
        #expect(try ScheduleFile(json: golden.json(), named: "a.json") == golden)
        for entry in golden.schedules {
            let least = best.schedules[entry.nfe - 1]
            #expect(entry.cost >= least.cost * (1 - 1e-3) && entry.cost <= least.cost * 1.2 + 1e-6)
            #expect(entry.uniformCost == least.uniformCost)
        }
    }

    @Test(arguments: [0, -1, 513, Int.max])
    func wrongLimitsAreRefused(limit: Int) {
        #expect(throws: CostError.stepLimit(limit)) { try example(upTo: limit) }
    }

    @Test func aFileWithoutACurveIsRead() throws {
        let file = try ScheduleFile(json: file(), named: "a.json", model: "chorale", process: "absorbing")
        #expect(file.curve == nil)
        #expect(try file.schedule(stepCount: 2) == Schedule(times: [1, 0.7, 0]))
        #expect(throws: ScheduleFileError.self) { try file.schedule(stepCount: 3) }
    }

    @Test(arguments: [
        ([4, 1, 2, 3], "no schedule of 9 steps; there are those of 1-4"),
        ([1, 2, 4, 8, 16], "no schedule of 9 steps; there are those of 1-2, 4, 8, 16"),
        ([], "no schedule of 9 steps"),
    ])
    func theSchedulesThatThereAreAreListed(available: [Int], words: String) {
        let error = ScheduleFileError(file: "a.json", fault: .noSuchSchedule(9, available: available))
        #expect("\(error)" == "a.json: \(words)")
    }

    @Test(arguments: [
        ("pianojys-schedules", "else", ScheduleFileError.Fault.format("else")),
        ("\"nfe\": 2", "\"nfe\": \(Int.max)", .length(nfe: .max, intervals: 2)),
        ("\"version\": 1", "\"version\": 2", .version(2)),
        ("[1, 0.7, 0]", "[1, 0.7, 0.1]", .times(nfe: 2, .endsAbove0(time: 0.1))),
        ("[1, 0.7, 0]", "[1, 1, 0]", .times(nfe: 2, .notFalling(index: 1, time: 1, previous: 1))),
        ("[1, 0.7, 0]", "[]", .times(nfe: 2, .tooShort(count: 0))),
        ("[1, 0.7, 0]", "[2, 0.7, 0]", .times(nfe: 2, .outOfRange(index: 0, time: 2))),
        ("[1, 0.7, 0]", "[0.9, 0.7, 0]", .start(nfe: 2, 0.9)),
        ("[1, 0.7, 0]", "[1, 0]", .length(nfe: 2, intervals: 1)),
        ("\"cost\": 1.5", "\"cost\": -1", .cost(nfe: 2, -1)),
        (
            "\"cost\": 1.5",
            "\"cost\": 1.5, \"standardErrors\": {\"cost\": 1, \"uniformCost\": 1, \"saving\": -1}",
            .standardError(nfe: 2, -1)
        ),
        ("{\"nfe\": 2, \"times\": [1, 0.7, 0], \"cost\": 1.5, \"uniformCost\": 2.5}", "", .empty),
        (
            "\"schedules\"",
            "\"curve\": {\"cells\": 4, \"times\": [0, 1], \"values\": [1], \"standardErrors\": []}, \"schedules\"",
            .curve
        ),
        ("\"seed\": 7, ", "", .notReadable("the field seed is missing")),
        ("0.7", "\"x\"", .notReadable("a value of another type is needed at schedules.[0].times.[1]")),
        ("{\"format\"", "{\"format", .notReadable("it is no valid JSON")),
    ])
    func wrongFilesAreNamedWithTheirFault(old: String, new: String, fault: ScheduleFileError.Fault) throws {
        #expect(throws: ScheduleFileError(file: "Schedules/a.json", fault: fault)) {
            try ScheduleFile(json: file(old, new), named: "Schedules/a.json")
        }
        #expect(
            ScheduleFileError(file: "Schedules/a.json", fault: fault).description.hasPrefix(
                "Schedules/a.json: "))
    }

    @Test func theWrongModelIsRefused() throws {
        func read(model: String? = nil, process: String? = nil, sampler: String? = nil, task: String? = nil)
            throws
        {
            _ = try ScheduleFile(
                json: try file(), named: "a.json", model: model, process: process, sampler: sampler,
                task: task)
        }
        try read(model: "chorale", process: "absorbing", sampler: "tweedie", task: "generate")
        func mismatch(_ field: String, _ found: String, _ wanted: String) -> ScheduleFileError {
            ScheduleFileError(file: "a.json", fault: .mismatch(field: field, found: found, wanted: wanted))
        }
        #expect(throws: mismatch("model", "chorale", "melody")) { try read(model: "melody") }
        #expect(throws: mismatch("process", "absorbing", "uniform")) { try read(process: "uniform") }
        #expect(throws: mismatch("sampler", "tweedie", "euler")) { try read(sampler: "euler") }
        #expect(throws: mismatch("task", "generate", "infill")) { try read(task: "infill") }
        #expect(
            "\(mismatch("model", "chorale", "melody"))" == "a.json: made for the model chorale, not melody")
    }

    @Test(arguments: ["", "[]", "null", "{}", "\u{0}\u{1}", "{\"version\": 1}"])
    func otherBytesAreRefused(text: String) {
        #expect(throws: ScheduleFileError.self) { try ScheduleFile(json: Data(text.utf8), named: "x") }
    }

    @Test func schedulesOfEqualLengthAreRefused() throws {
        let entry = "{\"nfe\": 2, \"times\": [1, 0.7, 0], \"cost\": 1.5, \"uniformCost\": 2.5}"
        #expect(throws: ScheduleFileError(file: "x", fault: .twice(nfe: 2))) {
            try ScheduleFile(json: file(entry, "\(entry), \(entry)"), named: "x")
        }
    }
}

struct KLUBScheduleFileTests {
    /// Of a measured KLUB come schedules of every number of steps, no dearer than equal ones, and the file is read back.
    @Test func `Schedules under KLUB`() throws {
        let process = UniformProcess(stateCount: 8, rate: 4)
        let measured = try KLUBMeasurement(
            process: process, denoiser: CountDown.denoiser(process: process, cellCount: 16),
            data: CountDown.source(stateCount: 8, cellCount: 16).draw(count: 8, seed: 1), grid: .uniform(24),
            freezing: .rates, seed: 2)
        let file = try ScheduleFile(
            model: "m", task: "generate", process: process.name, sampler: "tweedie", measurement: measured,
            upTo: 16)
        #expect(file.schedules.map(\.nfe) == Array(1...16))
        for entry in file.schedules {
            #expect(entry.cost <= entry.uniformCost + 1e-9)
            guard 24 % entry.nfe == 0 else { continue }
            let uniform = try #require(measured.cost(of: .uniform(entry.nfe))).mean
            #expect(abs(entry.uniformCost - uniform) < 1e-9)
            let errors = try #require(entry.standardErrors)
            let cost = try #require(measured.cost(of: Schedule(times: entry.times)))
            #expect(errors.cost == cost.standardError)
        }
        #expect(try ScheduleFile(json: file.json(), named: "f", model: "m", process: "uniform") == file)
        #expect(throws: CostError.self) {
            try ScheduleFile(
                model: "m", task: "generate", process: "uniform", sampler: "tweedie", measurement: measured,
                upTo: 0)
        }
    }

    /// Golden search's schedules are priced on a common grid; uniform ones, whose times are on it, exactly.
    @Test func `Golden schedules under KLUB`() throws {
        let process = UniformProcess(stateCount: 8, rate: 4)
        let denoiser = try CountDown.denoiser(process: process, cellCount: 16)
        let data = CountDown.source(stateCount: 8, cellCount: 16).draw(count: 8, seed: 1)
        let golden = try GoldenSearch().schedules(
            upTo: 4, process: process, denoiser: denoiser, data: data, freezing: .rates, seed: 2)
        let times = golden.schedules.flatMap(\.times) + [0.75, 0.5, 0.25]
        let measured = try KLUBMeasurement(
            process: process, denoiser: denoiser, data: data,
            grid: Schedule(times: Set(times).sorted(by: >)), freezing: .rates, seed: 2)
        let file = ScheduleFile(
            model: "m", task: "generate", process: process.name, sampler: "tweedie", golden: golden.schedules,
            calls: golden.denoiserCalls, measurement: measured)
        #expect(file.schedules.map(\.nfe) == [1, 2, 4])
        #expect(file.method == "golden, frozen rates" && file.denoiserCalls == golden.denoiserCalls)
        let four = try #require(file.schedules.last)
        #expect(four.uniformCost == measured.cost(of: try .uniform(4))?.mean)
        #expect(four.cost < four.uniformCost)
    }

    /// The refined grid holds the times it is told to hold, and its schedules cost less than those of as many equal steps.
    @Test func `A refined measurement`() throws {
        let process = UniformProcess(stateCount: 16, rate: 4)
        let denoiser = try CountDown.denoiser(process: process, cellCount: 64)
        let data = CountDown.source(stateCount: 16, cellCount: 64).draw(count: 24, seed: 1)
        let refined = try KLUBMeasurement.refined(
            process: process, denoiser: denoiser, data: data, steps: 32,
            including: Schedule.uniform(8).times, freezing: .rates, earliest: 0.01, seed: 3)
        #expect(Set(try Schedule.uniform(8).times).isSubset(of: refined.grid.times))
        #expect(refined.grid.times.allSatisfy { $0 == 0 || $0 >= 0.01 - 1e-6 })
        // Sixteen samples on two coarse grids, all on the fine one.
        #expect(refined.denoiserCalls == 2 * 16 * 16 + 24 * refined.grid.stepCount)
        let best = try #require(refined.table().optimalSchedules(upTo: 8).last)
        let uniform = try #require(refined.cost(of: try .uniform(8))).mean
        #expect(best.cost < 0.7 * uniform)
    }
}
