import Composition
import DenoisingTransformer
import DiscreteDiffusion
import GridTraining
import PianoRoll
import Training

/// A small vocabulary for small models.
let smallVocabulary = Vocabulary(encoding: .onset, lowestPitch: 60, highestPitch: 71)

/// Two-lane pieces in which every note lasts two steps and the lower lane is a fifth below the upper one.
func smallPieces(count: Int, steps: Int, seed: UInt64) -> [TokenGrid] {
    (0..<count).map { index in
        var generator = CounterGenerator(seed: seed, for: .data, stream: UInt64(index))
        var grid = TokenGrid(
            vocabulary: smallVocabulary, lanes: 2,
            tokens: [UInt16](repeating: Vocabulary.rest, count: steps * 2))
        var upper: UInt16 = 9
        for step in 0..<steps {
            if step % 2 == 0 {
                upper = UInt16(9 + generator.drawIndex(below: 5))
                grid[step, 0] = upper
                grid[step, 1] = upper - 7
            } else {
                grid[step, 0] = 1
                grid[step, 1] = 1
            }
        }
        return grid
    }
}

func smallConfiguration(steps: Int = 16) -> TransformerConfiguration {
    TransformerConfiguration(
        stateCount: smallVocabulary.count, lanes: 2, steps: steps, contextSizes: GridFeatures.sizes,
        width: 32,
        layers: 1, heads: 1, feedforward: 64, convolutionTaps: 3)
}

func smallSettings(steps: Int) -> TrainingSettings {
    var settings = TrainingSettings()
    settings.steps = steps
    settings.batch = 4
    settings.warmup = 2
    settings.rate = 3e-3
    settings.validationInterval = 1_000
    settings.usesBF16 = false
    return settings
}

let smallWindows = {
    var windows = WindowSettings()
    windows.transposition = -1...1
    return windows
}()

let smallDescription = GridModel.Description(name: "small", vocabulary: smallVocabulary)
