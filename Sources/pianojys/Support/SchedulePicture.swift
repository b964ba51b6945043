import JumpYourSteps
import Plots

/// What `optimize --explain` draws: the curve that was measured, the schedules, and what they cost.
enum SchedulePicture {
    /// Numbers of steps whose schedules are drawn.
    private static let drawn = [4, 8, 16, 64]

    /// Draws the schedules of a file as SVG.
    static func svg(_ file: ScheduleFile) -> String {
        PlotSheet(
            title: "\(file.model), \(file.task), \(file.sampler), \(file.method)",
            [curve(file).map { [$0] } ?? [], [times(file), costs(file)]].flatMap { $0 }
        ).svg()
    }

    private static func curve(_ file: ScheduleFile) -> LinePlot? {
        guard let curve = file.curve else { return nil }
        let points = curve.times.indices.map { index in
            let (value, spread) = (curve.values[index], 1.96 * curve.standardErrors[index])
            return LinePlot.Point(x: curve.times[index], y: value, interval: value - spread...value + spread)
        }
        return LinePlot(
            title: "What a hidden cell still holds", x: Axis("t, the share of hidden cells", range: 0...1),
            y: Axis("h(t), nats"), series: [.init("h(t), 95 % interval", points: points)])
    }

    private static func times(_ file: ScheduleFile) -> LinePlot {
        var series = file.schedules.filter { drawn.contains($0.nfe) }.map { entry in
            LinePlot.Series(
                "NFE \(entry.nfe)",
                points: entry.times.enumerated().map {
                    .init(x: Double($0.offset) / Double(entry.nfe), y: $0.element)
                })
        }
        series.append(
            .init("uniform", points: [.init(x: 0, y: 1), .init(x: 1, y: 0)], style: .dashed, marks: false))
        return LinePlot(
            title: "Schedules", x: Axis("step / NFE", range: 0...1), y: Axis("t", range: 0...1),
            series: series)
    }

    private static func costs(_ file: ScheduleFile) -> LinePlot {
        func points(_ cost: (ScheduleFile.Entry) -> Double) -> [LinePlot.Point] {
            file.schedules.map { .init(x: Double($0.nfe), y: cost($0)) }
        }
        return LinePlot(
            title: "Cost", x: Axis("NFE", scale: .logarithmic(base: 2)),
            y: Axis("nats", scale: .logarithmic(base: 10)),
            series: [
                .init("optimised", points: points(\.cost), marks: file.schedules.count < 20),
                .init("uniform", points: points(\.uniformCost), style: .dashed, marks: false),
            ])
    }
}
