// swift-tools-version: 6.2
import PackageDescription

let package = Package(
    name: "pianojys",
    products: [
        .executable(name: "pianojys", targets: ["pianojys"]),
        .library(name: "DiscreteDiffusion", targets: ["DiscreteDiffusion", "JumpYourSteps"]),
        .library(name: "PianoRoll", targets: ["MIDIFile", "PianoRoll", "Corpus"]),
    ],
    traits: [
        .trait(name: "MPI", description: "Train and measure on several machines, started by mpirun.")
    ],
    dependencies: [
        .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.2"),
        .package(url: "https://github.com/apple/swift-log", from: "1.16.2"),
        .package(url: "https://github.com/apple/swift-numerics", from: "1.1.1"),
    ],
    targets: [
        // C libraries: a module map and a shim each.
        .systemLibrary(name: "COneDNN", providers: [.apt(["libdnnl-dev"])]),
        .systemLibrary(name: "CFluidSynth", providers: [.apt(["libfluidsynth-dev"])]),
        .systemLibrary(name: "CALSA", providers: [.apt(["libasound2-dev"])]),
        .systemLibrary(name: "CSndFile", providers: [.apt(["libsndfile1-dev"])]),
        .systemLibrary(name: "CMPI", providers: [.apt(["libopenmpi-dev"])]),

        // The way from notes to sound. A target knows only those before it.
        .target(name: "OutputFiles"),
        .target(
            name: "ProcessGroups", dependencies: [.target(name: "CMPI", condition: .when(traits: ["MPI"]))]),
        .target(name: "MIDIFile"),
        .target(name: "PianoRoll", dependencies: ["MIDIFile"]),
        .target(name: "Corpus", dependencies: ["MIDIFile", "PianoRoll"]),
        .target(
            name: "DiscreteDiffusion",
            dependencies: [.product(name: "RealModule", package: "swift-numerics")]
        ),
        .target(name: "JumpYourSteps", dependencies: ["DiscreteDiffusion", "ProcessGroups"]),
        .target(name: "NeuralEngine", dependencies: ["COneDNN"]),
        .target(
            name: "DenoisingTransformer",
            dependencies: [
                "NeuralEngine", "DiscreteDiffusion", .product(name: "RealModule", package: "swift-numerics"),
            ]),
        .target(
            name: "Composition",
            dependencies: ["PianoRoll", "DiscreteDiffusion", "DenoisingTransformer", "NeuralEngine"]),
        .target(
            name: "Training",
            dependencies: [
                "DenoisingTransformer", "NeuralEngine", "DiscreteDiffusion", "ProcessGroups",
                .product(name: "RealModule", package: "swift-numerics"),
            ]),
        .target(
            name: "GridTraining",
            dependencies: [
                "Training", "Composition", "DenoisingTransformer", "NeuralEngine", "DiscreteDiffusion",
                "PianoRoll", "ProcessGroups",
            ]),
        .target(
            name: "Plots", dependencies: [.product(name: "RealModule", package: "swift-numerics")]),
        .target(name: "ComparisonPage"),
        .target(
            name: "Evaluation",
            dependencies: [
                "PianoRoll", "DiscreteDiffusion", .product(name: "RealModule", package: "swift-numerics"),
            ]),
        .target(
            name: "Experiments",
            dependencies: [
                "PianoRoll", "DiscreteDiffusion", "JumpYourSteps", "DenoisingTransformer", "Composition",
                "Training", "GridTraining", "NeuralEngine", "Evaluation", "Plots",
                .product(name: "RealModule", package: "swift-numerics"),
            ]),
        .target(
            name: "Benchmarks",
            dependencies: [
                "PianoRoll", "DiscreteDiffusion", "JumpYourSteps", "NeuralEngine", "DenoisingTransformer",
                "Composition", "Training", "GridTraining",
            ]),
        .target(
            name: "Audio", dependencies: ["CFluidSynth", "CALSA", "CSndFile", "PianoRoll", "OutputFiles"]),
        .executableTarget(
            name: "pianojys",
            dependencies: [
                "MIDIFile", "PianoRoll", "Corpus", "DiscreteDiffusion", "JumpYourSteps", "NeuralEngine",
                "DenoisingTransformer", "Composition", "Training", "GridTraining", "Evaluation", "Plots",
                "Experiments", "Benchmarks", "Audio", "OutputFiles", "ComparisonPage",
                "ProcessGroups",
                .product(name: "ArgumentParser", package: "swift-argument-parser"),
                .product(name: "Logging", package: "swift-log"),
            ]),

        // Tests mirror the sources; what several of them need is in TestSupport.
        .target(
            name: "TestSupport",
            dependencies: [
                "DiscreteDiffusion", "ProcessGroups", .product(name: "RealModule", package: "swift-numerics"),
            ],
            path: "Tests/TestSupport"),
        .target(
            name: "FuzzTargets",
            dependencies: [
                "MIDIFile", "PianoRoll", "Corpus", "JumpYourSteps", "DenoisingTransformer", "NeuralEngine",
                "Composition",
            ],
            path: "Tests/FuzzTargets", exclude: ["driver.c", "fuzz.sh"]),
        .testTarget(name: "FuzzTargetsTests", dependencies: ["FuzzTargets", "TestSupport"]),
        .testTarget(name: "OutputFilesTests", dependencies: ["OutputFiles"]),
        .testTarget(name: "ProcessGroupsTests", dependencies: ["ProcessGroups"], exclude: ["mpi.sh"]),
        .testTarget(
            name: "MIDIFileTests", dependencies: ["MIDIFile", "TestSupport"], exclude: ["compare_readers.py"]),
        .testTarget(name: "PianoRollTests", dependencies: ["PianoRoll", "MIDIFile", "TestSupport"]),
        .testTarget(name: "CorpusTests", dependencies: ["Corpus", "PianoRoll", "MIDIFile", "TestSupport"]),
        .testTarget(name: "DiscreteDiffusionTests", dependencies: ["DiscreteDiffusion", "TestSupport"]),
        .testTarget(
            name: "JumpYourStepsTests", dependencies: ["JumpYourSteps", "DiscreteDiffusion", "TestSupport"]),
        .testTarget(name: "NeuralEngineTests", dependencies: ["NeuralEngine", "TestSupport"]),
        .testTarget(
            name: "DenoisingTransformerTests",
            dependencies: [
                "DenoisingTransformer", "NeuralEngine", "DiscreteDiffusion", "TestSupport",
                .product(name: "RealModule", package: "swift-numerics"),
            ]),
        .testTarget(
            name: "CompositionTests",
            dependencies: [
                "Composition", "MIDIFile", "PianoRoll", "DiscreteDiffusion", "DenoisingTransformer",
                "NeuralEngine",
            ]),
        .testTarget(
            name: "TrainingTests",
            dependencies: [
                "Training", "DenoisingTransformer", "DiscreteDiffusion",
                .product(name: "RealModule", package: "swift-numerics"),
            ]),
        .testTarget(
            name: "GridTrainingTests",
            dependencies: [
                "GridTraining", "Training", "Composition", "DenoisingTransformer", "NeuralEngine",
                "PianoRoll", "DiscreteDiffusion", "ProcessGroups", "TestSupport",
                .product(name: "RealModule", package: "swift-numerics"),
            ]),
        .testTarget(name: "PlotsTests", dependencies: ["Plots"]),
        .testTarget(
            name: "ComparisonPageTests", dependencies: ["ComparisonPage"], exclude: ["browser.py"]),
        .testTarget(
            name: "ExperimentsTests",
            dependencies: ["Experiments", "Composition", "DenoisingTransformer", "NeuralEngine", "PianoRoll"]),
        .testTarget(
            name: "EvaluationTests", dependencies: ["Evaluation", "PianoRoll", "Corpus", "DiscreteDiffusion"]),
        .testTarget(
            name: "AudioTests", dependencies: ["Audio", "CSndFile", "PianoRoll"],
            exclude: ["live.sh", "realtime.sh"]),
        .testTarget(
            name: "pianojysTests",
            dependencies: [
                "pianojys", "Composition", "DenoisingTransformer", "JumpYourSteps", "NeuralEngine",
                "MIDIFile",
                "PianoRoll",
            ],
            exclude: ["Help", "ALSAFaults.c"]),
    ],
    swiftLanguageModes: [.v6]
)

// A library for libFuzzer's driver, which `make fuzz` builds by itself.
if Context.environment["PIANOJYS_FUZZ"] != nil {
    package.products.append(.library(name: "FuzzTargets", type: .dynamic, targets: ["FuzzTargets"]))
}
