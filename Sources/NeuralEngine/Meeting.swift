import COneDNN
import Synchronization

#if canImport(Glibc)
import Glibc
#endif

/// Where a number of threads wait until all have come, again and again.
///
/// Its numbers are atomic, and mutex and condition are made for threads: any may use it.
final class Meeting: @unchecked Sendable {
    private let count: Int
    private let arrived = Atomic(0)
    private let round = Atomic(0)
    private let sleepers = Atomic(0)
    private let dissolved = Atomic(false)
    private let mutex = UnsafeMutablePointer<pthread_mutex_t>.allocate(capacity: 1)
    private let condition = UnsafeMutablePointer<pthread_cond_t>.allocate(capacity: 1)

    /// How often a thread looks before it sleeps: some tens of microseconds.
    private static let looks = 2_000

    init(of count: Int) {
        self.count = count
        pthread_mutex_init(mutex, nil)
        pthread_cond_init(condition, nil)
    }

    deinit {
        pthread_cond_destroy(condition)
        pthread_mutex_destroy(mutex)
        condition.deallocate()
        mutex.deallocate()
    }

    /// Whether nobody waits here any more.
    var isDissolved: Bool { dissolved.load(ordering: .sequentiallyConsistent) }

    /// Waits for the others.
    ///
    /// - Returns: Whether they have come; false once the meeting is dissolved.
    func wait() -> Bool {
        let now = round.load(ordering: .sequentiallyConsistent)
        if arrived.add(1, ordering: .sequentiallyConsistent).newValue == count {
            arrived.store(0, ordering: .sequentiallyConsistent)
            round.store(now &+ 1, ordering: .sequentiallyConsistent)
            wake()
            return !isDissolved
        }
        for _ in 0..<Self.looks {
            if hasPassed(now) { return !isDissolved }
            processor_pause()
        }
        // Whoever ends the round after this count sees it; whoever ended it before is seen by the loop.
        sleepers.add(1, ordering: .sequentiallyConsistent)
        pthread_mutex_lock(mutex)
        while !hasPassed(now) { pthread_cond_wait(condition, mutex) }
        pthread_mutex_unlock(mutex)
        sleepers.subtract(1, ordering: .sequentiallyConsistent)
        return !isDissolved
    }

    /// Lets all who wait go, now and from now on.
    func dissolve() {
        dissolved.store(true, ordering: .sequentiallyConsistent)
        wake()
    }

    private func hasPassed(_ round: Int) -> Bool {
        self.round.load(ordering: .sequentiallyConsistent) != round || isDissolved
    }

    private func wake() {
        guard sleepers.load(ordering: .sequentiallyConsistent) > 0 else { return }
        pthread_mutex_lock(mutex)
        pthread_cond_broadcast(condition)
        pthread_mutex_unlock(mutex)
    }
}
