@preconcurrency import Dispatch
import Glibc
import OutputFiles
import Synchronization

/// Ctrl-C, and the wish of the system or the terminal to end (SIGINT, SIGTERM, SIGHUP): noticed at once, obeyed where work can
/// stop cleanly. A second Ctrl-C ends the program on the spot; what was half-written goes.
final class Interruption: Sendable {
    private let raised = Atomic(false)
    private let sources: [any DispatchSourceSignal]

    /// Takes the signals over from here to the end of the program; those that are ignored, as by nohup, stay so.
    init() {
        let heeded = [SIGINT, SIGTERM, SIGHUP].filter { number in
            var action = sigaction()
            // Of a union that C calls sa_handler: SIG_IGN is the address 1.
            return sigaction(number, nil, &action) != 0
                || unsafeBitCast(action.__sigaction_handler, to: Int.self) != 1
        }
        // Until a source is at work a signal has its usual effect, and ends the program; ignored, it would be lost.
        sources = heeded.map { DispatchSource.makeSignalSource(signal: $0, queue: .global()) }
        for (number, source) in zip(heeded, sources) {
            source.setEventHandler { [weak self] in
                guard self?.raised.exchange(true, ordering: .relaxed) == true, number == SIGINT else {
                    return
                }
                OutputFile.discardAll()
                OutputFolder.discardAll()
                _exit(130)
            }
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
