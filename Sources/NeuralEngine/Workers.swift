import Dispatch

/// Runs the parts of a job side by side, each on one thread.
public enum Workers {
    /// Calls `body` with 0 ..< count, at the same time as far as there are cores.
    ///
    /// What `body` runs on oneDNN should have been prepared for one thread, or the parts fight over the cores.
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
                do { try body(index) } catch { slots[index] = error }
            }
        }
        for case let failure? in failures { throw failure }
    }
}
