import Composition
import Foundation
import PianoRoll
import Synchronization

/// Composes an endless piece on a thread of its own, some bars ahead of whoever takes them.
final class ComposingThread: Sendable {
    /// The bars that are ready.
    let bars: BoundedQueue<TokenGrid>
    private let failure = Mutex<(any Error)?>(nil)
    private let end = DispatchSemaphore(value: 0)

    /// Starts to compose.
    ///
    /// - Parameters:
    ///   - piece: What is composed; nobody else may use it.
    ///   - ahead: How many bars are made ahead.
    init(_ piece: sending EndlessPiece, ahead: Int) {
        bars = BoundedQueue(capacity: ahead)
        // The thread alone has it from here on.
        nonisolated(unsafe) var piece = piece
        let thread = Thread { [self] in
            do {
                try compose(&piece)
            } catch {
                failure.withLock { $0 = error }
            }
            bars.finish()
            end.signal()
        }
        thread.name = "composer"
        thread.stackSize = 8 << 20
        thread.start()
    }

    private func compose(_ piece: inout EndlessPiece) throws {
        let bar = piece.plan.timing.stepsPerBar
        while let phrase = try piece.next(progress: { _ in try checkCancellation() }) {
            for start in stride(from: 0, to: phrase.steps, by: bar) {
                let steps = start..<min(start + bar, phrase.steps)
                guard bars.put(phrase.slice(steps: steps, start: .verbatim)) else { return }
            }
        }
    }

    private func checkCancellation() throws {
        if bars.isCancelled { throw CancellationError() }
    }

    /// Stops composing, waits for the thread's end, and says what kept it from going on, if something did.
    func stop() -> (any Error)? {
        bars.cancel()
        end.wait()
        end.signal()
        return failure.withLock { $0 is CancellationError ? nil : $0 }
    }
}
