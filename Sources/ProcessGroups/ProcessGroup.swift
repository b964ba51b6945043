/// Processes that do one job together: each takes its share, and sums bring the shares together.
///
/// All of them call the same functions in the same order, each from one thread. A sum has the same bits in every process.
public protocol ProcessGroup: Sendable {
    /// Which of the processes this is, in `0 ..< size`. Process 0 writes files and speaks.
    var rank: Int { get }
    /// How many processes there are, at least 1.
    var size: Int { get }

    /// Adds up, element by element, the values of all processes; each receives the sums.
    ///
    /// - Throws: `ProcessGroupError`.
    func sum(_ values: inout [Double]) throws(ProcessGroupError)

    /// Adds up, element by element, the values of all processes; each receives the sums.
    ///
    /// - Throws: `ProcessGroupError`.
    func sum(_ values: UnsafeMutableBufferPointer<Float>) throws(ProcessGroupError)
}

extension ProcessGroup {
    /// Whether this is the process that writes files and speaks.
    public var isFirst: Bool { rank == 0 }

    /// Whether any of the processes says so.
    ///
    /// - Throws: `ProcessGroupError`.
    public func any(_ condition: Bool) throws(ProcessGroupError) -> Bool {
        guard size > 1 else { return condition }
        var count = [condition ? 1.0 : 0]
        try sum(&count)
        return count[0] > 0
    }

    /// Whether all processes give the same number.
    ///
    /// - Throws: `ProcessGroupError`.
    public func agrees(on number: UInt64) throws(ProcessGroupError) -> Bool {
        let own = [Double(number >> 32), Double(number & 0xffff_ffff)]
        var sums = own
        try sum(&sums)
        // If not all are alike, one at least is not the mean.
        return try !any(sums != own.map { $0 * Double(size) })
    }

    /// Whether a part of a job, counted from 0, is this process' to do.
    public func takes(_ part: Int) -> Bool { part % size == rank }
}

/// Why processes cannot work together.
public struct ProcessGroupError: Error, Equatable, CustomStringConvertible, Sendable {
    /// What was being done.
    public let operation: String
    /// What MPI says of it.
    public let reason: String

    /// One line.
    public var description: String { "MPI could not \(operation): \(reason)" }
}

/// A process on its own.
public struct SingleProcess: ProcessGroup {
    /// 0.
    public var rank: Int { 0 }
    /// 1.
    public var size: Int { 1 }

    /// There is nothing to prepare.
    public init() {}

    /// The values are the sums.
    public func sum(_ values: inout [Double]) {}

    /// The values are the sums.
    public func sum(_ values: UnsafeMutableBufferPointer<Float>) {}
}
