import ArgumentParser

/// `pianojys corpus`: what models learn from and are measured on.
struct CorpusCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "corpus",
        abstract: "Builds a corpus from a folder of MIDI files, or shows what one holds.",
        subcommands: [CorpusBuildCommand.self, CorpusInspectCommand.self])
}
