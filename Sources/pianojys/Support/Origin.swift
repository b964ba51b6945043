import FoundationEssentials
import PianoRoll

/// What a take was made with, so that it can be had again.
struct Origin {
    let model, task, schedule, sampler: String
    let nfe: Int
    let seed: UInt64
    let calls: Int
    let temperature, topP: Double
    var number = 1
    var count = 1

    /// The same for one of several takes.
    func take(_ number: Int, of count: Int) -> Origin {
        var result = self
        (result.number, result.count) = (number, count)
        return result
    }

    /// One line, stored in MIDI files.
    var text: String {
        var text =
            "pianojys generate: model \(model), task \(task), schedule \(schedule), sampler \(sampler), nfe \(nfe), "
            + "seed \(seed)"
        if temperature != 1 { text += ", temperature \(temperature)" }
        if topP != 1 { text += ", top-p \(topP)" }
        return count > 1 ? text + ", take \(number)" : text
    }

    /// The same by name, stored in grid documents.
    var info: [String: String] {
        var info = [
            "model": model, "task": task, "schedule": schedule, "sampler": sampler, "nfe": "\(nfe)",
            "seed": "\(seed)",
            "temperature": "\(temperature)", "topP": "\(topP)",
        ]
        if count > 1 { info["take"] = "\(number)" }
        return info
    }

    private struct Report: Encodable {
        let model, task, schedule, sampler: String
        let nfe: Int
        let seed: UInt64
        let denoiserCalls, bars: Int
        let temperature, topP: Double
        let outputs: [[String]]
    }

    /// What was made, for machines.
    func json(outputs: [[String]], bars: Int) throws -> String {
        try JSONText.encode(
            Report(
                model: model, task: task, schedule: schedule, sampler: sampler, nfe: nfe, seed: seed,
                denoiserCalls: calls, bars: bars, temperature: temperature, topP: topP, outputs: outputs))
    }
}

/// JSON as the commands print it: keys in order, on one line.
enum JSONText {
    static func encode(_ value: some Encodable) throws -> String {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        return String(decoding: try encoder.encode(value), as: UTF8.self)
    }
}

/// The instruments of the voices.
struct InstrumentList {
    private let programs: [UInt8]

    /// Reads a list of General MIDI programs.
    init(_ text: String?) throws {
        programs = try (text?.split(separator: ",", omittingEmptySubsequences: false) ?? []).map { part in
            guard let program = UInt8(part), program < 128 else {
                throw Failure.usage("--instrument \(text ?? ""): give General MIDI programs, 0 to 127")
            }
            return program
        }
    }

    /// The program of each lane; one for all, one each, nil where none is named.
    func programs(lanes: Int) -> [UInt8?] {
        (0..<lanes).map { programs.count == 1 ? programs[0] : $0 < programs.count ? programs[$0] : nil }
    }
}
