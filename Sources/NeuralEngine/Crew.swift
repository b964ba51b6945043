#if canImport(Glibc)
import Glibc
#endif

/// Threads that compute one thing together: each does its share of the rows, and they meet where one needs what another has made.
///
/// OpenMP's teams meet after every operation and spin for long. A crew meets a few times a pass, spins for some microseconds
/// and then sleeps, so that what else runs on the machine hardly slows it down. One thread at a time uses a crew.
public final class Crew: @unchecked Sendable {
    /// Members, the calling thread among them.
    public let count: Int

    private let shared: Shared
    private var threads: [pthread_t]

    /// Starts the threads, which end with the crew. Where the system does not grant all, the crew is the calling thread alone.
    ///
    /// - Precondition: `count >= 1`.
    public init(count: Int) {
        precondition(count >= 1, "a crew of \(count)")
        shared = Shared(count: count)
        threads = []
        for member in 1..<count {
            var thread = pthread_t()
            let start = Unmanaged.passRetained(Start(shared: shared, member: member))
            let status = pthread_create(
                &thread, nil,
                { argument in
                    guard let argument else { return nil }
                    let start = Unmanaged<Start>.fromOpaque(argument).takeRetainedValue()
                    start.shared.work(member: start.member)
                    return nil
                }, start.toOpaque())
            guard status == 0 else {
                start.release()
                break
            }
            threads.append(thread)
        }
        self.count = threads.count == count - 1 ? count : 1
        if self.count == 1 { end() }
    }

    deinit { end() }

    private func end() {
        shared.meeting.dissolve()
        for thread in threads { pthread_join(thread, nil) }
        threads = []
    }

    /// Calls `body` with 0 ..< count, each on a thread of its own, and returns when all have ended.
    ///
    /// - Throws: What a member throws; the crew is of no use then.
    public func perform(_ body: (Int) throws(EngineError) -> Void) throws(EngineError) {
        guard count > 1 else { return try body(0) }
        withoutActuallyEscaping(body) { body in
            shared.body = body
            if shared.meeting.wait() {
                shared.run(member: 0)
                _ = shared.meeting.wait()
            }
            // After a failure there is no last meeting: the threads are waited for.
            if shared.meeting.isDissolved { end() }
            shared.body = nil
        }
        if let failure = shared.failure { throw failure }
    }

    /// Waits until all members have come so far; for `body` to call.
    ///
    /// - Throws: If another member has failed.
    public func meet() throws(EngineError) {
        guard count == 1 || shared.meeting.wait() else {
            throw .left
        }
    }

    private final class Start {
        let shared: Shared
        let member: Int

        init(shared: Shared, member: Int) { (self.shared, self.member) = (shared, member) }
    }

    /// What the threads know. The body is written while the others wait at a meeting; each member writes its own failure, and they are
    /// read when all have ended.
    private final class Shared: @unchecked Sendable {
        let meeting: Meeting
        var body: ((Int) throws(EngineError) -> Void)?
        private let failures: UnsafeMutableBufferPointer<EngineError?>

        /// The error of a member that failed, rather than of one that waited for it.
        var failure: EngineError? {
            let all = failures.compactMap { $0 }
            return all.first { $0 != .left } ?? all.first
        }

        init(count: Int) {
            meeting = Meeting(of: count)
            failures = .allocate(capacity: count)
            failures.initialize(repeating: nil)
        }

        deinit {
            failures.deinitialize()
            failures.deallocate()
        }

        func run(member: Int) {
            do throws(EngineError) {
                try body?(member)
            } catch {
                failures[member] = error
                meeting.dissolve()
            }
        }

        /// A thread's life: from job to job until the crew ends.
        func work(member: Int) {
            Engine.useThreads(1)
            while meeting.wait() {
                run(member: member)
                guard meeting.wait() else { return }
            }
        }
    }
}

extension EngineError {
    /// Another thread could not go on.
    fileprivate static let left = EngineError(operation: "go on where another thread could not", status: 0)
}
