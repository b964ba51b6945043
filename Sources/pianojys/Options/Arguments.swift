import ArgumentParser
import Corpus
import JumpYourSteps
import PianoRoll

// Library types that can be given on the command line.

extension Vocabulary.Encoding: ExpressibleByArgument {}
extension Score.VoiceAssignment: ExpressibleByArgument {}
extension Score.Alignment: ExpressibleByArgument {}
extension Freezing: ExpressibleByArgument {}
extension Paths: ExpressibleByArgument {}

extension Corpus.Split: ExpressibleByArgument {
    /// The names in place of the raw values, which are numbers.
    public init?(argument: String) { self.init(name: argument) }

    /// The name, for help texts.
    public var defaultValueDescription: String { name }

    /// The names, for help texts and completion.
    public static var allValueStrings: [String] { allCases.map(\.name) }
}
