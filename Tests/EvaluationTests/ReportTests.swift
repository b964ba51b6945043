import Evaluation
import Foundation
import PianoRoll
import Testing

@Suite("Reports")
struct ReportTests {
    private let report = EvaluationReport(
        title: "Chorales", metrics: ["a", "unused", "b"],
        rows: [
            .init(
                name: "uniform, NFE 8",
                values: [
                    "a": Estimate(mean: 0.25, halfWidth: 0.0125, count: 5),
                    "b": Estimate(mean: 12.34, halfWidth: 1.26, count: 5),
                ]),
            .init(name: "Bach | test", values: ["a": Estimate(mean: 0.1, halfWidth: nil, count: 1)]),
        ])

    @Test("a table of mean and half-width; columns nobody has are left out")
    func markdown() {
        #expect(
            report.markdown == """
                ### Chorales

                | setting | a | b |
                |---|---:|---:|
                | uniform, NFE 8 | 0.250 ± 0.013 | 12.3 ± 1.3 |
                | Bach \\| test | 0.100 | - |

                """)
    }

    @Test("JSON and back")
    func json() throws {
        let data = try JSONEncoder().encode(report)
        #expect(try JSONDecoder().decode(EvaluationReport.self, from: data) == report)
    }

    @Test("rows hold each metric's mean over seeds")
    func rows() throws {
        let clean = grid([[67, 69], [60, 60]])
        let faulty = grid([[67, 69], [60, 62]])
        let evaluator = Evaluator(reference: [clean], training: [clean])
        let row = evaluator.row("x", seeds: [[clean], [faulty]])
        #expect(Set(row.values.keys) == Set(Evaluator.metrics))
        // Two steps are an eighth of a bar: 0 and 8 faults a bar.
        let fifths = try #require(row.values[VoiceLeading.Fault.parallelFifths.title])
        #expect(fifths.mean == 4)
        #expect(fifths.count == 2)
        // The clean piece stands in the training set whole, of the other one step does.
        #expect(row.values[Evaluator.meanRun]?.mean == 1.5)
        let single = evaluator.row("y", pieces: [clean])
        #expect(single.values[Evaluator.meanDistance] == Estimate(mean: 0, halfWidth: nil, count: 1))
        #expect(Evaluator(reference: [clean]).row("z", pieces: [clean]).values[Evaluator.meanRun] == nil)
    }

    @Test("a set cut into windows: runs are no longer than one, and pieces that hold none are left out")
    func windowedRow() throws {
        let piece = grid([[60, 62, 64, 65, 67, 69]])
        let evaluator = Evaluator(reference: [piece], training: [piece])
        let row = evaluator.row("x", pieces: [piece, grid([[60, 61]])], windowSteps: 3)
        let run = try #require(row.values[Evaluator.meanRun])
        #expect(run.mean == 3 && run.count == 1)
        #expect(row.values[Feature.pitchClass.title]?.mean == 0)
        #expect(evaluator.row("x", pieces: [piece]).values[Evaluator.meanRun]?.mean == 6)
    }

    @Test("a piece is cut into whole windows that sound as it does")
    func windows() {
        let windows = grid([[60, -1, -1, 62, 64]]).windows(steps: 2)
        #expect(windows.map(\.soundingPitches) == [[60, 60], [60, 62]])
        #expect(windows.map(\.timing.firstStepInBar) == [0, 2])
        #expect(grid([[60]]).windows(steps: 2).isEmpty)
        #expect(grid([[60]]).windows(steps: 0).isEmpty)
    }
}
