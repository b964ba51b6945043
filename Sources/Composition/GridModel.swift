import DenoisingTransformer
import DiscreteDiffusion
import FoundationEssentials
import NeuralEngine
import PianoRoll

/// A model of token grids: a trained transformer with what its tokens mean.
public struct GridModel: Sendable {
    /// What a grid model's file says besides the transformer's shape.
    public struct Description: Hashable, Sendable, Codable {
        /// The model's name, such as "chorale".
        public var name: String
        /// What the tokens stand for.
        public var vocabulary: Vocabulary
        /// Whether the model is told how far off the piece's beginning and end are.
        public var edges: Bool
        /// The noise it was trained on.
        public var noise: Noise
        /// Faults of voice leading that the pieces it learnt from hardly have: what it composes is kept from them unless
        /// asked otherwise.
        public var rareFaults: [VoiceLeadingFault]

        /// Creates a description.
        public init(
            name: String, vocabulary: Vocabulary, edges: Bool = true, noise: Noise = .absorbing,
            rareFaults: [VoiceLeadingFault] = []
        ) {
            self.name = name
            self.vocabulary = vocabulary
            self.edges = edges
            self.noise = noise
            self.rareFaults = rareFaults
        }

        /// Reads a description; where no noise is named it is absorbing, and where no faults are, none are rare. Faults that a later
        /// program names are passed over.
        public init(from decoder: any Decoder) throws {
            let fields = try decoder.container(keyedBy: CodingKeys.self)
            name = try fields.decode(String.self, forKey: .name)
            vocabulary = try fields.decode(Vocabulary.self, forKey: .vocabulary)
            edges = try fields.decode(Bool.self, forKey: .edges)
            noise = try fields.decodeIfPresent(Noise.self, forKey: .noise) ?? .absorbing
            rareFaults = try (fields.decodeIfPresent([String].self, forKey: .rareFaults) ?? [])
                .compactMap(VoiceLeadingFault.init(rawValue:))
        }
    }

    /// Under this key the file's metadata holds the description, as JSON.
    public static let descriptionKey = "pianojys.grid"

    /// The transformer.
    public let transformer: Model
    /// What its tokens mean.
    public let description: Description

    /// The model's name, such as "chorale".
    public var name: String { description.name }
    /// What the tokens stand for.
    public var vocabulary: Vocabulary { description.vocabulary }
    /// Voices of a grid.
    public var lanes: Int { transformer.configuration.lanes }
    /// Steps of the windows it was trained on.
    public var steps: Int { transformer.configuration.steps }
    /// The noise it was trained on.
    public var process: any ForwardProcess {
        description.noise.process(stateCount: transformer.configuration.stateCount)
    }

    /// Puts a model together.
    public init(transformer: Model, description: Description) {
        self.transformer = transformer
        self.description = description
    }

    /// Reads a model from its safetensors file.
    ///
    /// - Throws: `ModelError` if the file cannot be read, is damaged, or is not a grid model.
    public init(path: String) throws(ModelError) {
        transformer = try Model(mapping: path)
        guard let json = transformer.metadata[Self.descriptionKey] else {
            throw .metadata("there is no \(Self.descriptionKey)")
        }
        do {
            description = try JSONDecoder().decode(Description.self, from: Data(json.utf8))
        } catch {
            throw .metadata("\(Self.descriptionKey) cannot be read")
        }
        let c = transformer.configuration
        if let fault = description.noise.fault { throw .metadata(fault) }
        let sizes = GridFeatures.sizes(tellingTime: c.tellsTime)
        guard description.vocabulary.count == c.stateCount, c.contextSizes == sizes,
            c.tellsTime == (description.noise != .absorbing)
        else {
            throw .metadata(
                "\(c.stateCount) states and context \(c.contextSizes) do not fit \(Self.descriptionKey)")
        }
    }

    /// The transformer as the samplers see it, on a window of a piece.
    ///
    /// - Parameters:
    ///   - timing: How the piece lies on bars.
    ///   - window: The steps of the piece that are looked at.
    ///   - pieceSteps: Steps of the whole piece; nil if its end is not in sight.
    ///   - transposition: As in `GridFeatures`: 0 for a new piece; nil where notes that are given tell the key.
    ///   - transpositions: In how many keys the model is asked, as in `TransposedDenoiser`; 1 unless the noise has a mask.
    ///   - precision: The precision of the matrix products; nil takes bf16 where the processor has it.
    ///   - threads: Threads to use.
    public func denoiser(
        timing: TokenGrid.Timing, window: Range<Int>, pieceSteps: Int?, transposition: Int?,
        transpositions: Int = 1,
        precision: Precision? = nil, threads: Int
    ) -> any Denoiser {
        precondition(
            transpositions == 1 || process.hasMask,
            "\(transpositions) transpositions under noise without a mask")
        func denoiser(shift: Int) -> TransformerDenoiser {
            let features = GridFeatures(
                timing: timing, window: window, pieceSteps: pieceSteps,
                transposition: transposition.map { $0 + shift }, edges: description.edges)
            return TransformerDenoiser(
                model: transformer, contexts: features.values, steps: window.count, precision: precision,
                threads: threads)
        }
        guard transpositions > 1 else { return denoiser(shift: 0) }
        return TransposedDenoiser(
            vocabulary: vocabulary,
            parts: TransposedDenoiser.shifts(transpositions).map {
                .init(shift: $0, denoiser: denoiser(shift: $0))
            })
    }
}
