import DenoisingTransformer
import DiscreteDiffusion
import Evaluation
import Training

extension CountDownExperiment {
    /// The same under absorbing noise with a transformer that has seen sequences alone, as in the paper.
    func trainedModel(
        progress: (Double) throws -> Void
    ) throws -> (tables: [EvaluationReport], remark: String) {
        let process = AbsorbingProcess(stateCount: CountDown.stateCount)
        let configuration = TransformerConfiguration(
            stateCount: CountDown.stateCount, lanes: 1, steps: CountDown.cellCount, width: 128, layers: 4,
            heads: 4)
        let chain = CountDown.source()
        let trained = try TrainedTransformer(
            configuration, process: process,
            source: NoisedSource(process: process, configuration: configuration) { chain.draw(using: &$0) },
            steps: trainingSteps, seed: seed, threads: threads
        ) { try progress($0 / 2) }
        let denoiser = trained.denoiser(threads: threads)
        let (tables, remark) = try absorbingTables(
            "Absorbing noise, trained transformer", denoiser, count: trainedCount
        ) { try progress(0.5 + $0 / 2) }
        return (
            tables,
            "Trained transformer: \(trained.parameterCount) parameters, \(trainingSteps) steps of 16 sequences, in the end "
                + "\((trained.loss * 1e4).rounded() / 1e4) nats a hidden cell; \(trainedCount) sequences a figure. \(remark)"
        )
    }
}
