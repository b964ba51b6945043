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
extension Corpus.Split: ExpressibleByArgument {}
