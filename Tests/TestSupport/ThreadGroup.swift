import Foundation
import ProcessGroups

/// Threads of this process that work together as processes would; sums are in the order of the ranks.
package struct ThreadGroup: ProcessGroup {
    package let rank: Int
    package var size: Int { board.size }
    private let board: Board

    /// Does a job on so many threads.
    ///
    /// One that throws while others sum would have them wait for ever.
    /// - Returns: What came of it, in the order of the ranks.
    /// - Throws: What the first of them threw, when all have ended.
    package static func run<Value: Sendable>(
        _ size: Int, _ work: @escaping @Sendable (ThreadGroup) throws -> Value
    ) throws -> [Value] {
        let board = Board(size: size)
        let outcomes = Outcomes<Value>(size: size)
        for rank in 0..<size {
            Thread.detachNewThread {
                outcomes.put(Result { try work(ThreadGroup(rank: rank, board: board)) }, rank)
            }
        }
        return try outcomes.wait().map { try $0.get() }
    }

    package func sum(_ values: inout [Double]) { values = board.sum(of: values, rank: rank) }

    package func sum(_ values: UnsafeMutableBufferPointer<Float>) {
        let sums = board.sum(of: values.map(Double.init), rank: rank)
        for (index, sum) in sums.enumerated() { values[index] = Float(sum) }
    }
}

/// Where the threads put what is to be summed. What changes does so under the condition's lock.
private final class Board: @unchecked Sendable {
    let size: Int
    private let condition = NSCondition()
    private var values: [Int: [Double]] = [:]
    private var sums: [Double] = []
    private var rounds = 0

    init(size: Int) { self.size = size }

    func sum(of own: [Double], rank: Int) -> [Double] {
        condition.withLock {
            let round = rounds
            values[rank] = own
            if values.count == size {
                sums = own.indices.map { index in
                    (0..<size).reduce(0) { $0 + (values[$1]?[index] ?? .nan) }
                }
                values = [:]
                rounds += 1
                condition.broadcast()
            }
            while rounds == round { condition.wait() }
            // The next round ends only when this thread has come to it.
            return sums
        }
    }
}

/// What came of the threads' work; it changes under the condition's lock.
private final class Outcomes<Value: Sendable>: @unchecked Sendable {
    private let condition = NSCondition()
    private var results: [Result<Value, any Error>?]

    init(size: Int) { results = Array(repeating: nil, count: size) }

    func put(_ result: Result<Value, any Error>, _ rank: Int) {
        condition.withLock {
            results[rank] = result
            condition.broadcast()
        }
    }

    func wait() -> [Result<Value, any Error>] {
        condition.withLock {
            while results.contains(where: { $0 == nil }) { condition.wait() }
            return results.compactMap(\.self)
        }
    }
}
