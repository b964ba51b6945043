import Glibc
import Logging
import OutputFiles

/// What a command says besides its results: on standard error, and as much as is wanted.
struct Console: Sendable {
    private let logger: Logger

    /// Sets how much is said: nothing but errors, what matters, or everything.
    init(isQuiet: Bool, isVerbose: Bool) {
        var logger = Logger(label: "pianojys") { _ in LineLogHandler() }
        logger.logLevel = isQuiet ? .error : isVerbose ? .debug : .notice
        self.logger = logger
    }

    /// Whether nothing but results and errors is wanted.
    var isQuiet: Bool { logger.logLevel > .notice }
    /// Whether everything is wanted.
    var isVerbose: Bool { logger.logLevel <= .debug }

    /// Whether standard error is a terminal.
    static var hasTerminal: Bool { isatty(STDERR_FILENO) == 1 }
    /// Whether standard output is a terminal.
    static var resultsGoToTerminal: Bool { isatty(STDOUT_FILENO) == 1 }
    /// Whether results may be coloured: standard output is a terminal and NO_COLOR is not set.
    static var usesColor: Bool { resultsGoToTerminal && (variable("NO_COLOR") ?? "").isEmpty }
    /// Columns of the terminal; 100 if there is none.
    static var width: Int {
        var size = winsize()
        return ioctl(STDOUT_FILENO, UInt(TIOCGWINSZ), &size) == 0 && size.ws_col > 0 ? Int(size.ws_col) : 100
    }

    /// A variable of the environment.
    static func variable(_ name: String) -> String? { getenv(name).map { String(cString: $0) } }

    /// Writes a result to standard output.
    ///
    /// - Throws: `OutputFileError`: a result that is lost is no success.
    static func result(_ text: String, terminator: String = "\n") throws {
        try OutputFile.write(Array((text + terminator).utf8), to: "-")
    }

    /// Says something, unless quiet.
    func note(_ text: String) { logger.notice("\(text)") }

    /// Says something if verbose.
    func detail(_ text: String) { logger.debug("\(text)") }

    /// Shows how far the work is, on a terminal alone; the next line takes its place.
    func progress(_ text: String) {
        if !isQuiet, Self.hasTerminal { Self.put("\r\u{1B}[K\(text)", STDERR_FILENO) }
    }

    /// Takes the progress away.
    func endProgress() { progress("") }

    /// Writes a line to standard error.
    static func error(_ text: String) { put(text + "\n", STDERR_FILENO) }

    private static func put(_ text: String, _ descriptor: Int32) {
        let bytes = Array(text.utf8)
        _ = bytes.withUnsafeBytes { write(descriptor, $0.baseAddress, $0.count) }
    }
}

/// A bar of progress with the time left.
struct ProgressBar {
    private let console: Console
    private let label: String
    private let start = Self.now()
    private var last = -1.0

    init(_ label: String, console: Console) {
        self.label = label
        self.console = console
    }

    /// Shows a share of the work, ten times a second at most.
    mutating func show(_ share: Double) {
        let time = Self.now()
        guard Console.hasTerminal, time - last > 0.1 else { return }
        last = time
        let full = Int(max(0, min(1, share)) * 30)
        let bar = String(repeating: "#", count: full) + String(repeating: ".", count: 30 - full)
        let left = share > 0.01 ? ", \(Int((time - start) * (1 - share) / share + 0.5)) s left" : ""
        console.progress("\(label) [\(bar)] \(Int(share * 100))%\(left)")
    }

    private static func now() -> Double {
        var time = timespec()
        clock_gettime(CLOCK_MONOTONIC, &time)
        return Double(time.tv_sec) + Double(time.tv_nsec) / 1e9
    }
}
