import Benchmarks
import OutputFiles
import Plots

/// What `bench --scaling --plot` draws: time over calls, time and memory over pieces.
enum ScalingPicture {
    /// Throws, before the work, if the picture cannot be written there.
    static func check(_ path: String) throws {
        try PictureFile.checkName(path)
        try OutputFile.check(path)
    }

    /// Draws the points as SVG; dashed lines are proportional to the last point.
    static func svg(
        overCalls: [ScalingBenchmark.Point], overPieces: [ScalingBenchmark.Point], model: String
    ) -> String {
        let most = overPieces.map(\.pieces).max() ?? 1
        return PlotSheet(
            title: "Composing with \(model)",
            [
                time("Time of one piece", "NFE", overCalls.map { (Double($0.nfe), $0.milliseconds) }),
                time(
                    "Time, up to \(most) pieces", "pieces",
                    overPieces.map { (Double($0.pieces), $0.milliseconds) }),
                LinePlot(
                    title: "Memory", x: Axis("pieces", scale: .logarithmic(base: 2)),
                    y: Axis("MiB", range: 0...(2 * (overPieces.compactMap(\.residentMiB).max() ?? 1))),
                    series: [
                        .init(
                            "resident",
                            points: overPieces.compactMap { point in
                                point.residentMiB.map { .init(x: Double(point.pieces), y: $0) }
                            })
                    ]),
            ]
        ).svg()
    }

    private static func time(_ title: String, _ label: String, _ points: [(x: Double, y: Double)]) -> LinePlot
    {
        var series = [LinePlot.Series("measured", points: points.map { .init(x: $0.x, y: $0.y) })]
        if let last = points.last {
            series.append(
                .init(
                    "proportional to the last",
                    points: points.map { .init(x: $0.x, y: last.y * $0.x / last.x) },
                    style: .dashed, marks: false))
        }
        return LinePlot(
            title: title, x: Axis(label, scale: .logarithmic(base: 2)),
            y: Axis("milliseconds", scale: .logarithmic(base: 10)), series: series)
    }
}
