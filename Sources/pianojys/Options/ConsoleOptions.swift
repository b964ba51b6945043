import ArgumentParser
import Audio
import OutputFiles
import ProcessGroups

/// What every command is told of how much to say.
struct ConsoleOptions: ParsableArguments {
    @Flag(name: .shortAndLong, help: "Say nothing but results and errors.")
    var quiet = false

    @Flag(name: .shortAndLong, help: "Say more: what is odd in the input, what libraries say.")
    var verbose = false

    var console: Console {
        AudioLog.isVerbose = verbose
        return Console(isQuiet: quiet, isVerbose: verbose)
    }

    /// Names a file that was written, unless it is standard output or a device.
    ///
    /// - Throws: `OutputFileError`.
    func tellWritten(_ path: String) throws {
        if !quiet, path != "-", !OutputFile.isDevice(path) { try Console.result(path) }
    }

    /// The console of a job's first process; the others say nothing but errors.
    func console(in group: some ProcessGroup) -> Console {
        group.isFirst ? console : Console(isQuiet: true, isVerbose: false)
    }
}
