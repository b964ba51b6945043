import Composition
import DiscreteDiffusion
import FoundationEssentials
import Glibc
import JumpYourSteps
import Training

/// The folder with the optimised schedules of a model, a file for each task and sampler: `TASK-SAMPLER.json`.
struct ScheduleFolder {
    /// Where it is.
    let path: String
    /// The folder of all shipped models' folders.
    let shipped: String
    /// What the user calls the model.
    let model: String
    /// The folder of models and schedules that the user names, if any.
    let data: String?

    /// The names of the files: TASK-SAMPLER.
    var names: [String] {
        let files = (try? FileManager.default.contentsOfDirectory(atPath: path)) ?? []
        return files.filter { $0.hasSuffix(".json") }.map { String($0.dropLast(5)) }.sorted()
    }

    /// The optimised schedule of a task; that of `generate` where the task has none of its own, and that of `tweedie`, or
    /// `dispersed`, where the sampler has none. Of absorbing noise that is the same cost for `euler` and `gillespie`, else the nearest there is.
    /// A model that was trained further takes those of the one it began with until it has its own, and each file is passed over
    /// that has none of so many steps.
    ///
    /// - Parameter note: Is told where another task's, sampler's or model's schedule is taken.
    /// - Throws: `Failure.noInput` if there is no file, `ScheduleFileError` if it is not as it should be.
    func schedule(of grids: GridModel, task: String, sampler: String, steps: Int, note: (String) -> Void)
        throws -> Schedule
    {
        let parent = grids.transformer.initialModel
        let folders = [path] + (parent.map { ["\(shipped)/\($0)"] } ?? [])
        let choices = [sampler, "tweedie", "dispersed"].flatMap { sampler in
            [task, "generate"].flatMap { task in
                folders.map { folder in
                    (task: task, sampler: sampler, folder: folder, path: "\(folder)/\(task)-\(sampler).json")
                }
            }
        }
        var missing: ScheduleFileError?
        for file in choices where access(file.path, R_OK) == 0 {
            let isOwn = file.folder == path
            let schedules = try Self.read(
                file.path, model: isOwn ? grids.name : parent, process: grids.process.name)
            let schedule: Schedule
            do throws(ScheduleFileError) {
                schedule = try schedules.schedule(stepCount: steps)
            } catch {
                guard case .noSuchSchedule = error.fault else { throw error }
                missing = missing ?? error
                continue
            }
            if !isOwn {
                note(
                    "the schedule is that of \(parent ?? ""), with which \(grids.name) began; "
                        + "'\(command(of: grids, task: task, sampler: sampler, corpus: "FILE"))' makes its own"
                )
            }
            tellDifference(
                (file.task, file.sampler), (task, sampler), of: grids, corpus: isOwn ? schedules.data : nil,
                note: note)
            return schedule
        }
        if let missing {
            throw Failure.usage(
                "\(missing); 'pianojys optimize --max-nfe' makes more, --schedule uniform and cosine have any number"
            )
        }
        throw Failure.noInput(
            "there are no optimised schedules for the model \(model) (\(choices[0].path)); "
                + "make them with '\(command(of: grids, task: task, sampler: sampler, corpus: nil))', or take --schedule uniform"
        )
    }

    /// The schedule of a file that the user names, which may be of any model and task.
    ///
    /// - Parameter note: Is told where it was optimised for another task or sampler.
    /// - Throws: `Failure.noInput`, `Failure.usage` of a word that is no name, `ScheduleFileError`.
    func schedule(
        named file: String, of grids: GridModel, task: String, sampler: String, steps: Int,
        note: (String) -> Void
    ) throws -> Schedule {
        guard file == "-" || access(file, F_OK) == 0 else {
            let text =
                "no schedule '\(file)': neither a name (jys, uniform or cosine) nor a file, as 'pianojys optimize' makes"
            throw file.contains("/") || file.hasSuffix(".json") ? Failure.noInput(text) : Failure.usage(text)
        }
        let schedules = try Self.read(file, model: nil, process: grids.process.name)
        tellDifference(
            (schedules.task, schedules.sampler), (task, sampler), of: grids,
            corpus: schedules.model == grids.name ? schedules.data : nil
        ) { note("\(file): \($0)") }
        return try schedules.schedule(stepCount: steps)
    }

    /// Tells that a schedule is of another task or sampler, and what makes one that is not.
    private func tellDifference(
        _ found: (task: String, sampler: String), _ wanted: (task: String, sampler: String),
        of grids: GridModel, corpus: String?, note: (String) -> Void
    ) {
        guard found != wanted else { return }
        var text =
            "the schedule was optimised for \(found.task) by \(found.sampler), not for \(wanted.task) by \(wanted.sampler)"
        if found != (wanted.task, Self.searched(wanted.sampler)) {
            let command = command(of: grids, task: wanted.task, sampler: wanted.sampler, corpus: corpus)
            text += "; '\(command)' makes one"
        }
        note(text)
    }

    /// The sampler whose schedules another takes: its own, or those of tweedie where none are searched for it.
    private static func searched(_ sampler: String) -> String {
        ScheduleSearch.samplers.contains(sampler) ? sampler : SamplerChoice.tweedie.rawValue
    }

    /// The command that makes the schedules that a task and a sampler take, on a corpus if one is known.
    private func command(of grids: GridModel, task: String, sampler: String, corpus: String?) -> String {
        let sampler = Self.searched(sampler)
        let isUsual = sampler == SamplerChoice.name(nil, for: grids.process)
        let usual = try? CorpusInput.usualName(for: grids)
        let corpus = corpus == usual ? nil : corpus ?? (usual == nil ? "FILE" : nil)
        return ShellCommand.text(
            ["pianojys", "optimize", "--model", model] + (data.map { ["--data", $0] } ?? [])
                + (corpus.map { ["--corpus", $0] } ?? [])
                + (task == "generate" ? [] : ["--task", task]) + (isUsual ? [] : ["--sampler", sampler]))
    }

    /// Reads a file, made for this model (nil takes any) and this noise.
    private static func read(_ file: String, model: String?, process: String) throws -> ScheduleFile {
        let bytes = try InputFile.bytes(file)
        return try ScheduleFile(json: Data(bytes), named: file, model: model, process: process)
    }
}
