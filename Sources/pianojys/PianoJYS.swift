import ArgumentParser
import Glibc
import OutputFiles

@main
struct PianoJYS: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "pianojys",
        abstract: "Composes music by discrete diffusion, in few steps.",
        discussion: """
            EXAMPLES
              pianojys generate --nfe 8 out.mid out.wav
              pianojys generate --keep soprano --from hymn.mid harmonised.mid
              pianojys play out.mid

            Exit codes: 0 done, 64 usage, 65 bad input, 66 no such input, 69 no audio device or sound font, 73 cannot \
            create, 74 cannot write, 130 interrupted.
            """,
        version: "0.1.0",
        subcommands: [
            GenerateCommand.self, PlayCommand.self, RenderCommand.self, ShowCommand.self, EncodeCommand.self,
            DecodeCommand.self, CompareCommand.self, OptimizeCommand.self, EvaluateCommand.self,
            ReproduceCommand.self, TrainCommand.self, BenchCommand.self, CorpusCommand.self,
            ModelsCommand.self,
        ])

    /// Refuses a command that there is not, or help on one, for which ArgumentParser has no words of its own.
    private static func checkCommand(_ arguments: [String]) throws {
        let names =
            arguments.first == "help"
            ? arguments.dropFirst().filter { !$0.hasPrefix("-") }
            : Array(arguments.prefix(1).filter { !$0.hasPrefix("-") })
        var command: any ParsableCommand.Type = self
        for name in names where name != "help" {
            let commands = command.configuration.subcommands
            guard let next = commands.first(where: { $0.configuration.commandName == name }) else {
                let names = commands.compactMap { $0.configuration.commandName }.joined(separator: ", ")
                throw Failure.usage(
                    "there is no command '\(name)'" + (names.isEmpty ? "" : "; there are \(names)"))
            }
            command = next
        }
    }

    /// Runs a command; all errors end here, in one line and an exit code.
    static func main() {
        // A reader that went away is an error of the write, not the end of the program.
        signal(SIGPIPE, SIG_IGN)
        // So is a file beyond the size that is allowed.
        signal(SIGXFSZ, SIG_IGN)
        do {
            try checkCommand(Array(CommandLine.arguments.dropFirst()))
            var command = try parseAsRoot()
            try command.run()
        } catch OutputFileError.closedPipe {
            // As if the signal had ended it: the reader has what it wanted.
            Glibc.exit(128 + SIGPIPE)
        } catch {
            guard let failure = Failure(error) else { exit(withError: error) }
            Console.error("pianojys: \(failure)")
            Glibc.exit(failure.code)
        }
    }
}
