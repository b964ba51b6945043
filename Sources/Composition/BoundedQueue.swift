import Glibc

/// A queue between one thread that makes and one that takes: the maker waits while it is full, the taker never waits unless it
/// asks to.
///
/// Sendable since all state is read and written with the lock held.
public final class BoundedQueue<Element: Sendable>: @unchecked Sendable {
    /// What a taker finds.
    public enum Taken {
        /// The first element, and how many there were with it.
        case element(Element, waiting: Int)
        /// Nothing yet.
        case empty
        /// Nothing any more.
        case over
    }

    /// How many elements it holds at most.
    public let capacity: Int
    private let lock = UnsafeMutablePointer<pthread_mutex_t>.allocate(capacity: 1)
    private let change = UnsafeMutablePointer<pthread_cond_t>.allocate(capacity: 1)
    private var elements: [Element] = []
    private var finished = false
    private var cancelled = false

    /// Creates an empty queue.
    ///
    /// - Precondition: `capacity` is positive.
    public init(capacity: Int) {
        precondition(capacity > 0, "a queue of \(capacity)")
        self.capacity = capacity
        pthread_mutex_init(lock, nil)
        // Waiting is not to depend on the clock being set.
        var attributes = pthread_condattr_t()
        pthread_condattr_init(&attributes)
        pthread_condattr_setclock(&attributes, CLOCK_MONOTONIC)
        pthread_cond_init(change, &attributes)
        pthread_condattr_destroy(&attributes)
    }

    deinit {
        pthread_cond_destroy(change)
        pthread_mutex_destroy(lock)
        change.deallocate()
        lock.deallocate()
    }

    private func locked<Result>(_ body: () -> Result) -> Result {
        pthread_mutex_lock(lock)
        defer { pthread_mutex_unlock(lock) }
        return body()
    }

    /// Puts an element at the end, waiting for room; false if the taker wants no more.
    ///
    /// - Precondition: `finish` has not been called.
    public func put(_ element: Element) -> Bool {
        locked {
            precondition(!finished, "put after finish")
            while elements.count >= capacity, !cancelled { pthread_cond_wait(change, lock) }
            guard !cancelled else { return false }
            elements.append(element)
            pthread_cond_broadcast(change)
            return true
        }
    }

    /// Says that no more will come.
    public func finish() {
        locked {
            finished = true
            pthread_cond_broadcast(change)
        }
    }

    /// Takes the first element, if there is one, without waiting.
    public func take() -> Taken {
        locked {
            guard !elements.isEmpty else { return finished ? .over : .empty }
            defer { pthread_cond_broadcast(change) }
            return .element(elements.removeFirst(), waiting: elements.count + 1)
        }
    }

    /// Waits until the queue is full or no more will come.
    ///
    /// - Parameter milliseconds: How long at most.
    /// - Returns: Whether it is so.
    public func waitUntilFull(milliseconds: Int) -> Bool {
        var deadline = timespec()
        clock_gettime(CLOCK_MONOTONIC, &deadline)
        let nanoseconds = deadline.tv_nsec + (milliseconds % 1_000) * 1_000_000
        deadline.tv_sec += milliseconds / 1_000 + nanoseconds / 1_000_000_000
        deadline.tv_nsec = nanoseconds % 1_000_000_000
        return locked {
            while elements.count < capacity, !finished {
                if pthread_cond_timedwait(change, lock, &deadline) != 0 { break }
            }
            return elements.count >= capacity || finished
        }
    }

    /// Tells the maker that the taker wants no more, and wakes it.
    public func cancel() {
        locked {
            cancelled = true
            pthread_cond_broadcast(change)
        }
    }

    /// Whether the taker wants no more.
    public var isCancelled: Bool { locked { cancelled } }
    /// How many elements wait.
    public var count: Int { locked { elements.count } }
    /// Whether no more will come; some may still wait.
    public var isFinished: Bool { locked { finished } }
}
