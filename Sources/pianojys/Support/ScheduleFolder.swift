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
            return try Self.schedule(
                file: file.path, steps: steps, model: grids.name, process: grids.process.name)
        } catch let error as ScheduleFileError {
            guard case .noSuchSchedule = error.fault else { throw error }
            throw Failure.usage(
                "\(error); 'pianojys optimize --max-nfe' makes more, --schedule uniform and cosine have any number"
            )
        }
    }

    /// A schedule of a file, made for this model (nil takes any) and this noise.
    static func schedule(file: String, steps: Int, model: String?, process: String) throws -> Schedule {
        let bytes = try InputFile.bytes(file)
        return try ScheduleFile(json: Data(bytes), named: file, model: model, process: process)
            .schedule(stepCount: steps)
    }
}
