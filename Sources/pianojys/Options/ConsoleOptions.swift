import ArgumentParser
import Audio

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
}
