import CALSA
import CFluidSynth
import Synchronization

/// What FluidSynth and alsa-lib say on their own account.
///
/// Both libraries print to standard error unless told otherwise, and both hold their message handler in a global
/// variable; so this switch is global too. It is off at the start.
public enum AudioLog {
    private struct State {
        var isVerbose = false
        /// FluidSynth's latest warning or error since the last `takeMessage`: the reason for a refusal.
        var latestMessage: String?
    }

    private static let state = Mutex(State())

    /// Installs the handlers at the first use of either library.
    private static let installation: Void = {
        for level in [FLUID_PANIC, FLUID_ERR, FLUID_WARN, FLUID_INFO, FLUID_DBG] {
            let handler: fluid_log_function_t = { level, message, _ in AudioLog.receive(level, message) }
            _ = fluid_set_log_function(Int32(bitPattern: level.rawValue), handler, nil)
        }
        _ = pianojys_set_alsa_messages(0)
    }()

    /// Makes sure that the handlers stand; the owners of C handles call it first.
    static func install() { _ = installation }

    /// Whether the libraries' messages go to standard error.
    public static var isVerbose: Bool {
        get { state.withLock(\.isVerbose) }
        set {
            install()
            state.withLock { $0.isVerbose = newValue }
            _ = pianojys_set_alsa_messages(newValue ? 1 : 0)
        }
    }

    /// FluidSynth's latest warning or error, which is then forgotten.
    static func takeMessage() -> String? {
        state.withLock { state in
            defer { state.latestMessage = nil }
            return state.latestMessage
        }
    }

    private static func receive(_ level: Int32, _ message: UnsafePointer<CChar>?) {
        guard let message else { return }
        let isVerbose = state.withLock { state in
            if level <= Int32(bitPattern: FLUID_WARN.rawValue) {
                state.latestMessage = String(cString: message)
            }
            return state.isVerbose
        }
        if isVerbose { fluid_default_log_function(level, message, nil) }
    }
}
