import Composition
import Corpus
import DenoisingTransformer
import FoundationEssentials
import JumpYourSteps
import MIDIFile
import NeuralEngine
import PianoRoll

extension FuzzTarget {
    /// Good inputs to start from.
    public func seeds() throws -> [[UInt8]] {
        switch self {
        case .midi, .roll: try Self.midiSeeds()
        case .grid: try Vocabulary.Encoding.allCases.map { try Array(Self.document($0).json().utf8) }
        case .corpus: [Self.body(ofCorpus: try Self.corpus().encoded())]
        case .schedule: [Array(Self.scheduleText.utf8)]
        case .model: [try Self.modelHeader()]
        }
    }

    /// Words of the format, which a fuzzer may put in.
    public var words: [String] {
        switch self {
        case .midi, .roll: ["MTrk", "MThd", "RIFF", "RMID", "data", "\u{0}", "\u{7F}\u{7F}\u{7F}\u{7F}"]
        case .grid, .schedule, .model:
            ["\"", "{", "}", "[", "]", ",", "-1", "1e99", "null", "18446744073709551616"]
        case .corpus: ["\u{0}", "\u{1}", "\u{7F}"]
        }
    }

    private static func document(_ encoding: Vocabulary.Encoding) throws -> GridDocument {
        let vocabulary = Vocabulary(encoding: encoding, lowestPitch: 60, highestPitch: 63)
        let tokens: [UInt16] = [2, 0, 1, 3, 0, 3, 4, 2]
        return GridDocument(
            grid: TokenGrid(vocabulary: vocabulary, lanes: 2, timing: .init(), tokens: tokens),
            info: ["seed": "7"],
            performance: Performance(
                tempos: [.init(step: 0, microsecondsPerQuarter: 500_000)],
                keys: [.init(step: 1, fifths: -3, isMinor: true)],
                voices: [.init(name: "Alto", program: 52), .init()],
                velocities: encoding == .onset ? [[80, 83], [81, 82, 83]] : [[80, 81, 82], [83, 84]]))
    }

    private static func corpus() throws -> Corpus {
        let grid = try document(.onset).grid
        return Corpus(
            name: "seeds", vocabulary: grid.vocabulary, lanes: 2,
            pieces: [
                .init(
                    name: "a", split: .train, group: "g", key: .init(fifths: 2, isMinor: false), grid: grid),
                .init(name: "b", split: .test, group: "h", grid: grid),
            ])
    }

    private static func midiSeeds() throws -> [[UInt8]] {
        func timed(_ tick: Int, _ event: MIDIFile.Event) -> MIDIFile.TimedEvent { .init(tick: tick, event) }
        let conductor = MIDIFile.Track(
            events: [
                timed(0, .meta(.text(.trackName, Array("song".utf8)))),
                timed(
                    0,
                    .meta(
                        .meter(
                            numerator: 3, denominatorPower: 2, clocksPerClick: 24, thirtySecondsPerQuarter: 8)
                    )),
                timed(0, .meta(.tempo(microsecondsPerQuarter: 500_000))),
                timed(200, .meta(.key(fifths: -3, isMinor: true))),
            ], endTick: 2_000)
        let part = MIDIFile.Track(
            events: [
                timed(0, .channel(3, .programChange(5))), timed(0, .systemExclusive([0x7E, 9, 0xF7])),
                timed(10, .channel(3, .noteOn(key: 60, velocity: 80))),
                timed(20, .channel(3, .pitchBend(0x2001))),
                timed(20, .channel(3, .controlChange(controller: 64, value: 127))),
                timed(90, .channel(3, .noteOn(key: 60, velocity: 70))),
                timed(300, .channel(3, .noteOff(key: 60, velocity: 0))), timed(300, .escape([0xF8])),
            ], endTick: 300)
        let file = try MIDIFile(division: .ticksPerQuarter(96), tracks: [conductor, part]).encoded()
        let pieces = try MIDIFile(
            format: .independentTracks, division: .timecode(.video25, ticksPerFrame: 40),
            tracks: [conductor, part]
        ).encoded()
        let length = UInt8(truncatingIfNeeded: file.count)
        return [
            file, pieces,
            Array("RIFF".utf8) + [length &+ 12, 0, 0, 0] + Array("RMIDdata".utf8) + [length, 0, 0, 0] + file,
        ]
    }

    /// By hand, so that it holds every field there is.
    private static let scheduleText = """
        {"format": "pianojys-schedules", "version": 1, "model": "m", "task": "generate", "process": "absorbing",
         "sampler": "tweedie", "method": "dp", "seed": 1, "samples": 8, "denoiserCalls": 9,
         "schedules": [{"nfe": 2, "cost": 0.5, "uniformCost": 0.75, "times": [1, 0.25, 0]}]}
        """

    /// The header of a small model.
    private static func modelHeader() throws -> [UInt8] {
        let vocabulary = Vocabulary(encoding: .onset, lowestPitch: 60, highestPitch: 61)
        let configuration = TransformerConfiguration(
            stateCount: vocabulary.count, lanes: 1, steps: 2, contextSizes: GridFeatures.sizes, width: 32,
            layers: 1,
            heads: 1, feedforward: 16)
        let description = GridModel.Description(name: "fuzz", vocabulary: vocabulary)
        let json = String(decoding: try JSONEncoder().encode(description), as: UTF8.self)
        let file = Array(
            try Model(
                configuration: configuration,
                parameters: Buffer(.f32, count: ParameterLayout(configuration).count),
                metadata: [GridModel.descriptionKey: json]
            ).encoded())
        let length = file.prefix(8).reversed().reduce(0) { $0 << 8 | Int($1) }
        return Array(file[8..<8 + length])
    }
}
