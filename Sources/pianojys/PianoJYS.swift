import ArgumentParser

@main
struct PianoJYS: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "pianojys", abstract: "Composes music.", subcommands: [CorpusCommand.self, TrainCommand.self])
}
