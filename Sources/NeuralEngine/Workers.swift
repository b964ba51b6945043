import Dispatch

/// Runs the parts of a job side by side, each on one thread.
public enum Workers {
    /// Calls `body` with 0 ..< count, at the same time as far as there are cores.
    ///
    /// Inside `body` oneDNN uses one thread, so that the parts do not fight over the cores.
    /// - Throws: The error of the lowest-numbered part that failed, after all have ended.
    public static func perform(_ count: Int, _ body: @Sendable (Int) throws -> Void) throws {
        guard count > 1 else {
            if count == 1 { try body(0) }
            return
        }
        var failures = [(any Error)?](repeating: nil, count: count)
        failures.withUnsafeMutableBufferPointer { slots in
            // Each part writes its own slot, and they are read after all parts have ended.
            nonisolated(unsafe) let slots = slots
            DispatchQueue.concurrentPerform(iterations: count) { index in
                let before = Engine.threads
                Engine.useThreads(1)
                do { try body(index) } catch { slots[index] = error }
                Engine.useThreads(before)
            }
        }
        for case let failure? in failures { throw failure }
    }
}
