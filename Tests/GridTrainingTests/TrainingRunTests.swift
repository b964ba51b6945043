import DenoisingTransformer
import Foundation
import GridTraining
import NeuralEngine
import Testing
import Training

@Suite struct TrainingRunTests {
    private func run(_ settings: TrainingSettings, from checkpoint: Safetensors? = nil) throws -> TrainingRun
    {
        try TrainingRun(
            settings: settings, windows: smallWindows, configuration: smallConfiguration(),
            description: smallDescription,
            training: smallPieces(count: 6, steps: 32, seed: 1),
            validation: smallPieces(count: 2, steps: 24, seed: 2),
            checkpoint: checkpoint)
    }

    private func mapped(_ data: Data) throws -> Safetensors {
        let url = FileManager.default.temporaryDirectory.appending(path: "pianojys-\(UUID()).safetensors")
        try data.write(to: url)
        defer { try? FileManager.default.removeItem(at: url) }
        return try Safetensors(mapping: url.path)
    }

    @Test("A resumed run goes on bit for bit", arguments: [false, true])
    func resume(bf16: Bool) throws {
        var settings = smallSettings(steps: 8)
        settings.usesBF16 = bf16
        let whole = try run(settings)
        for _ in 0..<8 { _ = try whole.advance() }

        let first = try run(settings)
        for _ in 0..<3 { _ = try first.advance() }
        let second = try run(settings, from: mapped(first.checkpoint()))
        #expect(second.step == 3)
        for _ in 0..<5 { _ = try second.advance() }
        #expect(try whole.checkpoint() == second.checkpoint())
        #expect(second.isFinished)
    }

    @Test("Dropout of attention reaches training")
    func attentionDropout() throws {
        var settings = smallSettings(steps: 1)
        settings.dropout = 0
        settings.attentionDropout = 0.5
        let dropped = try run(settings).advance().loss
        settings.attentionDropout = nil
        #expect(try run(settings).advance().loss != dropped)
    }

    @Test("A run that begins with a model's weights begins where that model stood")
    func initialModel() throws {
        let before = try run(smallSettings(steps: 40))
        while !before.isFinished { _ = try before.advance() }
        let model = try before.model()
        func begin(with initial: Model?) throws -> TrainingRun {
            try TrainingRun(
                settings: smallSettings(steps: 1), windows: smallWindows, configuration: smallConfiguration(),
                description: smallDescription, initial: initial,
                training: smallPieces(count: 6, steps: 32, seed: 1),
                validation: smallPieces(count: 2, steps: 24, seed: 2))
        }
        let further = try begin(with: model)
        #expect(try further.model().parameters().values == model.parameters().values)
        let drawn = try begin(with: nil)
        #expect(try further.advance().loss < drawn.advance().loss)
    }

    @Test("A run does not go on with other pieces")
    func otherPieces() throws {
        let settings = smallSettings(steps: 3)
        let first = try run(settings)
        _ = try first.advance()
        let checkpoint = try mapped(first.checkpoint())
        #expect(throws: TrainingError.otherPieces) {
            try TrainingRun(
                settings: settings, windows: smallWindows, configuration: smallConfiguration(),
                description: smallDescription, training: smallPieces(count: 6, steps: 32, seed: 9),
                validation: [],
                checkpoint: checkpoint)
        }
    }

    @Test("A run made longer on its plateau is the longer run")
    func longerRun() throws {
        var longer = smallSettings(steps: 12)
        longer.decaySteps = 4
        let whole = try run(longer)
        for _ in 0..<12 { _ = try whole.advance() }

        var shorter = longer
        shorter.steps = 8
        let first = try run(shorter)
        for _ in 0..<4 { _ = try first.advance() }
        let second = try run(longer, from: mapped(first.checkpoint()))
        for _ in 0..<8 { _ = try second.advance() }
        #expect(try whole.checkpoint() == second.checkpoint())
    }

    @Test("What a run was trained with stands in its checkpoint")
    func origin() throws {
        let settings = smallSettings(steps: 5)
        let origin = try TrainingRun.Origin(mapped(run(settings).checkpoint()))
        #expect(origin.settings == settings)
        #expect(origin.configuration == smallConfiguration())
        #expect(try origin.description() == smallDescription)
        #expect(try origin.windows() == smallWindows)
    }

    @Test("Training learns the rule of the data")
    func learns() throws {
        var settings = smallSettings(steps: 400)
        settings.dropout = 0
        settings.averageDecay = 0.9
        let run = try run(settings)
        var last: TrainingRun.Progress?
        while !run.isFinished { last = try run.advance() }
        let bound = try #require(last?.validationBound)
        // Five equally likely notes every two steps, and everything else follows: log(5) / 2 = 0.80 nats a frame,
        // where transposition leaves the key open. A model that knows nothing has 2 log(14) = 5.28.
        #expect(bound < 2, "validation bound \(bound)")
        #expect(bound > 0.75, "below the entropy of the data: \(bound)")
    }

    @Test("Another seed is another run, the same seed the same")
    func seeds() throws {
        var settings = smallSettings(steps: 2)
        let first = try run(settings).advance()
        #expect(try run(settings).advance() == first)
        settings.seed = 2
        #expect(try run(settings).advance() != first)
    }

    @Test("Settings that make no sense are refused")
    func refusals() {
        var settings = smallSettings(steps: 0)
        #expect(throws: TrainingError.settings("steps 0")) { try run(settings) }
        settings = smallSettings(steps: 2)
        settings.threads = 9
        #expect(throws: TrainingError.settings("9 threads for a batch of 4")) { try run(settings) }
        #expect(throws: TrainingError.noPieces) {
            try TrainingRun(
                settings: smallSettings(steps: 2), windows: smallWindows, configuration: smallConfiguration(),
                description: smallDescription, training: [], validation: [])
        }
    }

    @Test("The rate rises in a line, then falls in half a cosine")
    func rate() {
        var settings = TrainingSettings()
        settings.steps = 1_100
        settings.warmup = 100
        settings.rate = 1e-3
        settings.finalRate = 0.1
        #expect(settings.rate(atStep: 50) == 5e-4)
        #expect(settings.rate(atStep: 100) == 1e-3)
        #expect(abs(settings.rate(atStep: 600) - 5.5e-4) < 1e-8)
        #expect(abs(settings.rate(atStep: 1_100) - 1e-4) < 1e-8)
        #expect(abs(settings.rate(atStep: 5_000) - 1e-4) < 1e-8)
    }

    @Test("With a fall of its own the rate stays high until then")
    func plateau() {
        var settings = TrainingSettings()
        settings.steps = 1_000
        settings.decaySteps = 200
        settings.warmup = 100
        settings.rate = 1e-3
        settings.finalRate = 0
        #expect(settings.rate(atStep: 50) == 5e-4)
        #expect(settings.rate(atStep: 101) == 1e-3)
        #expect(settings.rate(atStep: 800) == 1e-3)
        #expect(abs(settings.rate(atStep: 900) - 5e-4) < 1e-8)
        #expect(settings.rate(atStep: 1_000) == 0)
    }
}
