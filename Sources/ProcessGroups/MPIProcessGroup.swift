#if MPI
import CMPI

/// The processes that mpirun started.
///
/// Sums of floats go around in slices, of which each process sums one and tells it to the others: `2 (p - 1) / p` times the bytes pass
/// each way, and by construction all processes have the same bits.
public struct MPIProcessGroup: ProcessGroup {
    /// Which of the processes this is.
    public let rank: Int
    /// How many there are.
    public let size: Int

    /// Joins the job; once in a process, and from the thread that will sum.
    ///
    /// - Throws: `ProcessGroupError`.
    public init() throws(ProcessGroupError) {
        var (rank, size): (Int32, Int32) = (0, 1)
        try Self.check(mpi_join(&rank, &size), "join the job")
        self.rank = Int(rank)
        self.size = Int(size)
    }

    /// Leaves the job when all processes do; nothing may be summed afterwards.
    ///
    /// - Throws: `ProcessGroupError`.
    public func leave() throws(ProcessGroupError) { try Self.check(mpi_leave(), "leave the job") }

    /// Ends all processes of the job.
    public func abort(code: Int32) { mpi_abort(code) }

    /// One process sums and tells the others: for few numbers.
    public func sum(_ values: inout [Double]) throws(ProcessGroupError) {
        let count = Int32(values.count)
        try Self.check(mpi_sum_doubles(&values, count, Int32(rank)), "sum \(count) numbers")
    }

    /// Each process sums its share and tells the others.
    public func sum(_ values: UnsafeMutableBufferPointer<Float>) throws(ProcessGroupError) {
        let shares = (0..<size).map { values.indices.share($0, of: size) }
        let counts = shares.map { Int32($0.count) }
        let starts = shares.map { Int32($0.lowerBound) }
        try Self.check(
            mpi_sum_floats(values.baseAddress, counts, starts, Int32(rank)), "sum \(values.count) numbers")
    }

    private static func check(
        _ status: Int32, _ operation: @autoclosure () -> String
    ) throws(ProcessGroupError) {
        guard status != 0 else { return }
        var text = [CChar](repeating: 0, count: 512)
        mpi_reason(status, &text)
        let reason = String(decoding: text.prefix { $0 != 0 }.map(UInt8.init(bitPattern:)), as: UTF8.self)
        throw ProcessGroupError(operation: operation(), reason: reason)
    }
}
#endif
