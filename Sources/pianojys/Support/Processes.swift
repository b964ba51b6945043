import Glibc
import ProcessGroups

/// The processes of a job that mpirun started, or this one alone.
enum Processes {
    /// How many mpirun started, as Open MPI's or MPICH's says in the environment; nil without it.
    private static var started: Int? {
        ["OMPI_COMM_WORLD_SIZE", "PMI_SIZE"].compactMap { Console.variable($0).flatMap { Int($0) } }.first
    }

    /// Joins the job, does the work in all its processes and leaves; what goes wrong in one of them ends them all.
    ///
    /// - Throws: What the work throws, if this process is alone; `ProcessGroupError`, and `Failure.usage` if it cannot join.
    static func run(_ work: (any ProcessGroup) throws -> Void) throws {
        guard let size = started, size > 1 else { return try work(SingleProcess()) }
        #if MPI
        let group = try MPIProcessGroup()
        do {
            try work(group)
            try group.leave()
        } catch {
            guard let failure = Failure(error) else { throw error }
            // What all processes meet the first one says: the others give it time to, and end with it.
            if !group.isFirst {
                signal(SIGTERM, SIG_DFL)
                sleep(2)
            }
            let place = group.isFirst ? "" : " (process \(group.rank) of 0 to \(group.size - 1))"
            Console.error("pianojys: \(failure)\(place)")
            group.abort(code: failure.code)
        }
        #else
        throw Failure.usage(
            "mpirun started \(size) processes, but this program was built without '--traits MPI' and works alone"
        )
        #endif
    }
}
