import DiscreteDiffusion
import Foundation

extension ScheduleFile {
    private struct Header: Decodable {
        let format: String
        let version: Int
    }

    /// The contents behind a header that is looked at first, in one reading.
    private struct Contents: Decodable {
        let file: ScheduleFile

        init(from decoder: any Decoder) throws {
            let header = try Header(from: decoder)
            guard header.format == ScheduleFile.format else { throw Fault.format(header.format) }
            guard header.version == ScheduleFile.version else { throw Fault.version(header.version) }
            file = try ScheduleFile(from: decoder)
        }
    }

    /// Reads and checks the contents of a file.
    ///
    /// - Parameters:
    ///   - json: The bytes.
    ///   - name: What errors call the file.
    ///   - model: The model the schedules are wanted for; nil takes any. The same for the other three.
    /// - Throws: `ScheduleFileError`.
    public init(
        json: Data, named name: String, model: String? = nil, process: String? = nil, sampler: String? = nil,
        task: String? = nil
    ) throws(ScheduleFileError) {
        do {
            self = try JSONDecoder().decode(Contents.self, from: json).file
            try validate()
            let fields = [
                ("model", self.model, model), ("process", self.process, process),
                ("sampler", self.sampler, sampler), ("task", self.task, task),
            ]
            for case (let field, let found, let wanted?) in fields where found != wanted {
                throw Fault.mismatch(field: field, found: found, wanted: wanted)
            }
        } catch let fault as Fault {
            throw ScheduleFileError(file: name, fault: fault)
        } catch let error as DecodingError {
            throw ScheduleFileError(file: name, fault: .notReadable(error.words))
        } catch {
            throw ScheduleFileError(file: name, fault: .notReadable("\(error)"))
        }
    }

    private func validate() throws(Fault) {
        guard !schedules.isEmpty else { throw .empty }
        var seen: Set<Int> = []
        for entry in schedules {
            do { _ = try Schedule(times: entry.times) } catch { throw .times(nfe: entry.nfe, error) }
            guard entry.times[0] == 1 else { throw .start(nfe: entry.nfe, entry.times[0]) }
            guard entry.times.count - 1 == entry.nfe else {
                throw .length(nfe: entry.nfe, intervals: entry.times.count - 1)
            }
            guard seen.insert(entry.nfe).inserted else { throw .twice(nfe: entry.nfe) }
            for cost in [entry.cost, entry.uniformCost] {
                guard cost >= 0 && cost.isFinite else { throw .cost(nfe: entry.nfe, cost) }
            }
            if let errors = entry.standardErrors {
                for error in [errors.cost, errors.uniformCost, errors.saving] {
                    guard error >= 0 && error.isFinite else { throw .standardError(nfe: entry.nfe, error) }
                }
            }
        }
        if let curve {
            guard curve.standardErrors.count == curve.times.count,
                (try? InformationCurve(cellCount: curve.cells, times: curve.times, values: curve.values))
                    != nil
            else { throw .curve }
        }
    }

    /// Writes the contents of a file: one line a field, one line a schedule, ending in a line feed.
    ///
    /// - Throws: `EncodingError` if a number is not finite.
    public func json() throws -> Data {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        func text(_ value: some Encodable) throws -> String {
            String(decoding: try encoder.encode(value), as: UTF8.self)
        }
        var lines = [
            "\"format\": \(try text(Self.format))", "\"version\": \(try text(Self.version))",
            "\"model\": \(try text(model))", "\"task\": \(try text(task))",
            "\"process\": \(try text(process))",
            "\"sampler\": \(try text(sampler))", "\"method\": \(try text(method))",
        ]
        if let data { lines.append("\"data\": \(try text(data))") }
        lines += [
            "\"seed\": \(try text(seed))",
            "\"samples\": \(try text(samples))", "\"denoiserCalls\": \(try text(denoiserCalls))",
        ]
        if let curve { lines.append("\"curve\": \(try text(curve))") }
        let entries = try schedules.map { "    \(try text($0))" }.joined(separator: ",\n")
        lines.append("\"schedules\": [\n\(entries)\n  ]")
        return Data("{\n  \(lines.joined(separator: ",\n  "))\n}\n".utf8)
    }

    private typealias Fault = ScheduleFileError.Fault
}

extension ScheduleFileError.Fault: Error {}

extension DecodingError {
    /// Where and why, in one line.
    fileprivate var words: String {
        func place(_ context: Context) -> String {
            let path = context.codingPath.map { $0.intValue.map { "[\($0)]" } ?? $0.stringValue }
            return path.isEmpty ? "" : " at \(path.joined(separator: "."))"
        }
        switch self {
        case .keyNotFound(let key, let context):
            return "the field \(key.stringValue) is missing\(place(context))"
        case .typeMismatch(_, let context), .valueNotFound(_, let context):
            return "a value of another type is needed\(place(context))"
        case .dataCorrupted(let context): return "it is no valid JSON\(place(context))"
        @unknown default: return "it cannot be decoded"
        }
    }
}
