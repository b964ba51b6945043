import Composition
import DiscreteDiffusion
import FoundationEssentials
import Glibc
import JumpYourSteps

/// The folder with the optimised schedules of a model, a file for each task and sampler: `TASK-SAMPLER.json`.
struct ScheduleFolder {
    /// Where it is.
    let path: String
    /// What the user calls the model.
    let model: String

    /// The names of the files: TASK-SAMPLER.
    var names: [String] {
        let files = (try? FileManager.default.contentsOfDirectory(atPath: path)) ?? []
        return files.filter { $0.hasSuffix(".json") }.map { String($0.dropLast(5)) }.sorted()
    }

    /// The optimised schedule of a task; that of `generate` where the task has none of its own, and that of `tweedie` where the
    /// sampler has none. Of absorbing noise that is the same cost for `euler` and `gillespie`, else the nearest there is.
    ///
    /// - Parameter note: Is told where another task's or sampler's schedule is taken.
    /// - Throws: `Failure.noInput` if there is no file, `ScheduleFileError` if it is not as it should be.
    func schedule(of grids: GridModel, task: String, sampler: String, steps: Int, note: (String) -> Void)
        throws -> Schedule
    {
        let choices = [sampler, "tweedie"].flatMap { sampler in
            [task, "generate"].map { (task: $0, sampler: sampler, path: "\(path)/\($0)-\(sampler).json") }
        }
        guard let file = choices.first(where: { access($0.path, R_OK) == 0 }) else {
            throw Failure.noInput(
                "there are no optimised schedules for the model \(model) (\(choices[choices.count - 1].path)); "
                    + "make them with 'pianojys optimize --model \(model)', or take --schedule uniform")
        }
        if (file.task, file.sampler) != (task, sampler) {
            note(
                "the schedule was optimised for \(file.task) by \(file.sampler), not for \(task) by \(sampler)"
            )
        }
        do {
            return try Self.read(file.path, model: grids.name, process: grids.process.name)
                .schedule(stepCount: steps)
        } catch let error as ScheduleFileError {
            guard case .noSuchSchedule = error.fault else { throw error }
            throw Failure.usage(
                "\(error); 'pianojys optimize --max-nfe' makes more, --schedule uniform and cosine have any number"
            )
        }
    }

    /// The schedule of a file that the user names, which may be of any model and task.
    ///
    /// - Parameter note: Is told where it was optimised for another task.
    /// - Throws: `Failure.noInput`, `ScheduleFileError`.
    static func schedule(
        named file: String, steps: Int, task: String, process: String, note: (String) -> Void
    ) throws -> Schedule {
        let schedules = try read(file, model: nil, process: process)
        if schedules.task != task {
            note("\(file): the schedule was optimised for \(schedules.task), not for \(task)")
        }
        return try schedules.schedule(stepCount: steps)
    }

    /// Reads a file, made for this model (nil takes any) and this noise.
    private static func read(_ file: String, model: String?, process: String) throws -> ScheduleFile {
        let bytes = try InputFile.bytes(file)
        return try ScheduleFile(json: Data(bytes), named: file, model: model, process: process)
    }
}
