import ArgumentParser
import Audio
import Composition
import Corpus
import DenoisingTransformer
import DiscreteDiffusion
import Experiments
import FoundationEssentials
import JumpYourSteps
import MIDIFile
import NeuralEngine
import OutputFiles
import PianoRoll
import ProcessGroups
import Training

/// Why a command ends without having done its work: one line for the user, and an exit code of sysexits.h.
enum Failure: Error, CustomStringConvertible {
    case usage(String)
    case badData(String)
    case noInput(String)
    case unavailable(String)
    case cannotCreate(String)
    case cannotWrite(String)
    case interrupted

    var description: String {
        switch self {
        case .usage(let what), .badData(let what), .noInput(let what), .unavailable(let what),
            .cannotCreate(let what), .cannotWrite(let what):
            what
        case .interrupted: "interrupted"
        }
    }

    /// The exit code: the only place where errors become numbers.
    var code: Int32 {
        switch self {
        case .usage: 64
        case .badData: 65
        case .noInput: 66
        case .unavailable: 69
        case .cannotCreate: 73
        case .cannotWrite: 74
        case .interrupted: 130
        }
    }

    /// An option that wants known notes told from noise, which takes a mask.
    static func withoutMask(_ option: String, _ model: GridModel) -> Failure {
        .usage("\(option): \(model.process.name) noise has no mask to tell known notes by")
    }

    /// Sorts a library's error; nil for those that ArgumentParser reports itself.
    init?(_ error: any Error) {
        switch error {
        case let error as Failure: self = error
        case let error as AudioError: self.init(error)
        case let error as OutputFileError:
            if case .cannotCreate = error {
                self = .cannotCreate("\(error)")
            } else {
                self = .cannotWrite("\(error)")
            }
        case let error as ModelError:
            if case .unreadable = error { self = .noInput("\(error)") } else { self = .badData("\(error)") }
        case let error as ScheduleFileError:
            if case .noSuchSchedule = error.fault {
                self = .usage("\(error)")
            } else {
                self = .badData("\(error)")
            }
        case let error as SamplingError:
            if case .posterior = error { self = .badData("\(error)") } else { self = .usage("\(error)") }
        case is ScheduleError, is CostError: self = .usage("\(error)")
        case let error as CompositionError:
            switch error {
            case .unknownVoice, .noSuchBars, .nothingAfter, .nothingFree, .keepsEverything:
                self = .usage("\(error)")
            case .mismatch, .outOfRange, .voiceCount, .noNotes: self = .badData("\(error)")
            }
        case is MIDIDecodingError, is MIDIEncodingError, is ScoreError, is TokenGridError,
            is CorpusDecodingError,
            is CorpusEncodingError, is CorpusConversionError, is ExperimentError:
            self = .badData("\(error)")
        case let error as TrainingError:
            if case .settings = error { self = .usage("\(error)") } else { self = .badData("\(error)") }
        case is CancellationError: self = .interrupted
        case is EngineError, is ProcessGroupError: self = .unavailable("\(error)")
        case is EncodingError: self = .badData("a figure is not a number")
        case let error as CocoaError: self.init(error)
        default: return nil
        }
    }

    private init(_ error: AudioError) {
        let text = "\(error)"
        switch error {
        case .soundFontNotFound, .soundFontUnusable, .deviceUnavailable, .deviceRefused, .deviceLost,
            .synthesizerFailed, .sequencerUnavailable, .portUnavailable:
            self = .unavailable(text)
        case .settingOutOfRange, .unknownFileEnding: self = .usage(text)
        case .scoreTooLong: self = .badData(text)
        case .cannotCreate: self = .cannotCreate(text)
        case .noSpace, .writeFailed, .playbackFailed, .portFailed: self = .cannotWrite(text)
        case .cancelled: self = .interrupted
        }
    }

    private init(_ error: CocoaError) {
        let path = error.filePath ?? error.url?.path ?? "a file"
        switch error.code {
        case .fileNoSuchFile, .fileReadNoSuchFile: self = .noInput("\(path): no such file")
        case .fileReadNoPermission: self = .noInput("\(path): may not be read")
        case .fileWriteNoPermission, .fileWriteVolumeReadOnly, .fileWriteFileExists:
            self = .cannotCreate("\(path): cannot be created there")
        case .fileWriteOutOfSpace: self = .cannotWrite("\(path): no space left on the device")
        default: self = .cannotWrite("\(path): \(error)")
        }
    }

    /// Puts the name of a file before a library's words on it.
    static func naming<Result>(_ file: String, _ work: () throws -> Result) throws -> Result {
        do {
            return try work()
        } catch let error {
            switch Failure(error) {
            case .badData(let what) where !what.hasPrefix(file): throw Failure.badData("\(file): \(what)")
            case .usage(let what) where !what.hasPrefix(file): throw Failure.usage("\(file): \(what)")
            case let failure?: throw failure
            case nil: throw error
            }
        }
    }
}
