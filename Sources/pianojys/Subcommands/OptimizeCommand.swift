import ArgumentParser

struct OptimizeCommand: ParsableCommand {
    static let configuration = CommandConfiguration(commandName: "optimize", abstract: "")
}
