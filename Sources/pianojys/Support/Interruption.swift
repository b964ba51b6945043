@preconcurrency import Dispatch
import Glibc
import Synchronization

/// Ctrl-C and the wish of the system to end (SIGINT, SIGTERM): noticed at once, obeyed where work can stop cleanly.
final class Interruption: Sendable {
    private let raised = Atomic(false)
    private let sources: [any DispatchSourceSignal]

    /// Takes both signals over from here to the end of the program.
    init() {
        sources = [SIGINT, SIGTERM].map { number in
            signal(number, SIG_IGN)
            return DispatchSource.makeSignalSource(signal: number, queue: .global())
        }
        for source in sources {
            source.setEventHandler { [weak self] in self?.raised.store(true, ordering: .relaxed) }
            source.resume()
        }
    }

    /// Whether one of the signals has come.
    var isRaised: Bool { raised.load(ordering: .relaxed) }

    /// Ends the work if one of the signals has come.
    ///
    /// - Throws: `Failure.interrupted`.
    func check() throws {
        if isRaised { throw Failure.interrupted }
    }
}
