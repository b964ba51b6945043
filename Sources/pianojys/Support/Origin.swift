import PianoRoll

/// What a take was made with, so that it can be had again.
struct Origin {
    /// The command that made it.
    var command = "generate"
    let model, task, schedule, sampler: String
    let nfe: Int
    let seed: UInt64
    /// Calls of the model for all takes, once they are known.
    var calls = 0
    let temperature, topP: Double
    /// Faults that were kept away from.
    let avoided: Set<VoiceLeadingFault>
    /// What was asked for besides: bars, kept voices, the source, the precision.
    let details: [(name: String, value: String)]
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
            "pianojys \(command): model \(model), task \(task), schedule \(schedule), sampler \(sampler), nfe \(nfe), "
            + "seed \(seed)"
        for detail in details { text += ", \(detail.name) \(detail.value)" }
        if temperature != 1 { text += ", temperature \(temperature)" }
        if topP != 1 { text += ", top-p \(topP)" }
        if !avoided.isEmpty { text += ", avoiding \(avoidedNames)" }
        return count > 1 ? text + ", take \(number)" : text
    }

    /// The same by name, stored in grid documents.
    var info: [String: String] {
        var info = [
            "model": model, "task": task, "schedule": schedule, "sampler": sampler, "nfe": "\(nfe)",
            "seed": "\(seed)",
            "temperature": "\(temperature)", "topP": "\(topP)",
        ]
        if !avoided.isEmpty { info["avoid"] = avoidedNames }
        for detail in details { info[detail.name] = detail.value }
        if count > 1 { info["take"] = "\(number)" }
        return info
    }

    private var avoidedNames: String { "\(AvoidedFaults(avoided))" }

    private struct Report: Encodable {
        let denoiserCallsPerTake: Int
        let precision: String
        let options: [String: String]
        let model, task, schedule, sampler: String
        let nfe: Int
        let seed: UInt64
        let denoiserCalls, bars: Int
        let temperature, topP: Double
        let avoid: String
        let transpositions: Int
        let outputs: [[String]]
    }

    /// What was made, for machines.
    ///
    /// - Parameters:
    ///   - outputs: The files of each take.
    ///   - options: What else was asked for, by the names of the options.
    func json(
        outputs: [[String]], bars: Int, precision: String, transpositions: Int, options: [String: String]
    ) throws -> String {
        try JSONText.encode(
            Report(
                denoiserCallsPerTake: calls / outputs.count, precision: precision, options: options,
                model: model, task: task, schedule: schedule, sampler: sampler, nfe: nfe, seed: seed,
                denoiserCalls: calls, bars: bars, temperature: temperature, topP: topP,
                avoid: avoidedNames, transpositions: transpositions, outputs: outputs))
    }
}
