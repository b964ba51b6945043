import Composition
import Foundation
import Synchronization
import Testing

@Suite(.timeLimit(.minutes(1)))
struct BoundedQueueTests {
    /// Puts numbers from another thread until it is told to stop, and says how many were put.
    private func producer(_ queue: BoundedQueue<Int>, count: Int = .max) -> (
        end: DispatchSemaphore, put: Counter
    ) {
        let (end, put) = (DispatchSemaphore(value: 0), Counter())
        Thread.detachNewThread {
            var next = 0
            while next < count, queue.put(next) {
                put.value.add(1, ordering: .sequentiallyConsistent)
                next += 1
            }
            queue.finish()
            end.signal()
        }
        return (end, put)
    }

    private final class Counter: Sendable { let value = Atomic(0) }

    @Test(arguments: [1, 3, 8]) func `It holds no more than its capacity, and all come out in order`(
        capacity: Int
    ) {
        let queue = BoundedQueue<Int>(capacity: capacity)
        let (end, put) = producer(queue, count: 100)
        #expect(queue.waitUntilFull(milliseconds: 30_000))
        #expect(queue.count == capacity)
        #expect(!queue.isFinished)
        var taken: [Int] = []
        loop: while true {
            switch queue.take() {
            case .element(let element, let waiting):
                #expect((1...capacity).contains(waiting))
                taken.append(element)
                #expect(put.value.load(ordering: .sequentiallyConsistent) <= taken.count + capacity)
            case .empty: usleep(100)
            case .over: break loop
            }
        }
        #expect(taken == Array(0..<100))
        end.wait()
    }

    @Test func `A producer that waits for room is released by cancelling`() {
        let queue = BoundedQueue<Int>(capacity: 2)
        let (end, put) = producer(queue)
        #expect(queue.waitUntilFull(milliseconds: 30_000))
        queue.cancel()
        end.wait()
        #expect(put.value.load(ordering: .sequentiallyConsistent) == 2)
        #expect(queue.isCancelled && queue.isFinished)
    }

    @Test func `Waiting ends when no more will come, or in time`() {
        let queue = BoundedQueue<Int>(capacity: 2)
        #expect(!queue.waitUntilFull(milliseconds: 20))
        guard case .empty = queue.take() else { return #expect(Bool(false), "not empty") }
        #expect(queue.put(7))
        queue.finish()
        #expect(queue.waitUntilFull(milliseconds: 30_000))
        guard case .element(7, waiting: 1) = queue.take() else { return #expect(Bool(false), "lost") }
        guard case .over = queue.take() else { return #expect(Bool(false), "not over") }
    }
}
