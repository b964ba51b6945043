import DenoisingTransformer
import DiscreteDiffusion
import Evaluation
import NeuralEngine
import Training

extension CountDownExperiment {
    /// The same under absorbing noise with a transformer that has seen sequences alone, as in the paper.
    func trainedModel(
        progress: (Double) throws -> Void
    ) throws -> (tables: [EvaluationReport], remark: String) {
        let process = AbsorbingProcess(stateCount: CountDown.stateCount)
        let (model, loss) = try train(process) { try progress($0 / 2) }
        let denoiser = TransformerDenoiser(
            model: model, contexts: [], steps: CountDown.cellCount, threads: threads)
        let found = try search(process, denoiser) { try progress(0.5 + $0 / 10) }
        let samplers: [any Sampler] = [TweedieSampler(), GillespieSampler()]
        let tables = try samplers.enumerated().map { index, sampler in
            try errors(
                "Absorbing noise, trained transformer, \(sampler.name)", sampler, process, denoiser,
                found.columns,
                cellCount: CountDown.cellCount
            ) { try progress(0.6 + (Double(index) + $0) / 5) }
        }
        let parameters = ParameterLayout(model.configuration).parameterCount
        return (
            tables,
            "Trained transformer: \(parameters) parameters, \(trainingSteps) steps of 16 sequences, in the end "
                + "\((loss * 1e4).rounded() / 1e4) nats a hidden cell. \(found.remark)"
        )
    }

    /// Trains a small transformer; returns it with its mean loss in the last hundred steps.
    private func train(
        _ process: AbsorbingProcess, progress: (Double) throws -> Void
    ) throws -> (model: Model, loss: Double) {
        let configuration = TransformerConfiguration(
            stateCount: CountDown.stateCount, lanes: 1, steps: CountDown.cellCount, width: 128, layers: 4,
            heads: 4)
        var settings = TrainingSettings()
        settings.steps = trainingSteps
        settings.rate = 2e-3
        settings.warmup = 200
        settings.dropout = 0
        settings.averageDecay = 0.99
        settings.seed = seed
        settings.usesBF16 = Engine.hasBF16
        settings.threads = min(threads, settings.batch)
        let chain = CountDown.source()
        let run = try TrainingRun(
            settings: settings, configuration: configuration,
            source: NoisedSource(process: process, configuration: configuration) { chain.draw(using: &$0) },
            validation: [])
        var losses: [Double] = []
        while !run.isFinished {
            losses.append(try run.advance().loss)
            try progress(Double(run.step) / Double(settings.steps))
        }
        let last = losses.suffix(100)
        return (try run.model(), last.reduce(0, +) / Double(last.count))
    }
}
