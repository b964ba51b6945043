import COneDNN

/// OpenMP's threads, those that oneDNN computes on, for the engine's own loops: a second set would fight with them over the
/// cores, since they spin for a while where they wait.
enum Team {
    /// Calls `body` with 0 ..< count, each on a thread of its own.
    ///
    /// - Throws: The error of the lowest-numbered part that failed, after all have ended.
    static func perform(_ count: Int, _ body: (Int) throws(EngineError) -> Void) throws(EngineError) {
        guard count > 1 else { return try body(0) }
        var failures = [EngineError?](repeating: nil, count: count)
        failures.withUnsafeMutableBufferPointer { slots in
            withoutActuallyEscaping(body) { body in
                // Each part writes its own slot, and they are read after all parts have ended.
                var job = Job(body: body, failures: slots)
                withUnsafeMutablePointer(to: &job) { job in
                    onednn_parallel(
                        { pointer in
                            pointer?.assumingMemoryBound(to: Job.self).pointee.run(
                                part: Int(omp_get_thread_num()))
                        }, job, Int32(count))
                }
            }
        }
        for case let failure? in failures { throw failure }
    }

    private struct Job {
        let body: (Int) throws(EngineError) -> Void
        let failures: UnsafeMutableBufferPointer<EngineError?>

        func run(part: Int) {
            do throws(EngineError) {
                try body(part)
            } catch {
                failures[part] = error
            }
        }
    }
}
